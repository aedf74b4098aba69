using System.Net.Sockets;
using System.Text;
using LockLLM.Gateway.Tests.Proxy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LockLLM.Gateway.Tests.Hosting;

public sealed class GracefulStopTests
{
    private const string Path = "/v1/proxy/openai/v1/chat/completions";

    private static readonly string[] s_pieces = ["data: {\"n\":1}\n\n", "data: {\"n\":2}\n\n", "data: [DONE]\n\n"];

    [Fact]
    public async Task A_stream_that_is_under_way_ends_as_it_would_have_and_nobody_new_is_let_in()
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge);
        var address = proxied.Gateway.StartKestrel();
        var go = new TaskCompletionSource();
        proxied.Provider.Answer = FakeProvider.Events(s_pieces, i => i == 1 ? go.Task : Task.CompletedTask);
        using var caller = proxied.CreateCaller();
        using var response = await SendAsync(caller);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[4096];
        var text = new StringBuilder(Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer)));

        var stopped = proxied.Gateway.Services.GetRequiredService<IHost>().StopAsync();
        await UntilRefusedAsync(address);
        Assert.False(stopped.IsCompleted);
        go.SetResult();
        for (var read = await stream.ReadAsync(buffer); read > 0; read = await stream.ReadAsync(buffer))
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        Assert.Equal(string.Concat(s_pieces), text.ToString());
        await stopped.WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task A_stream_without_end_is_cut_off_when_the_time_is_up()
    {
        await using var proxied = await ProxiedGateway.StartAsync(RuleDetector.Judge, settings: [("LockLLM:Shutdown:DrainTimeout", "00:00:01")]);
        proxied.Gateway.StartKestrel();
        using var end = new CancellationTokenSource();
        proxied.Provider.Answer = FakeProvider.Events(s_pieces, i => i == 1 ? Task.Delay(Timeout.Infinite, end.Token) : Task.CompletedTask);
        using var caller = proxied.CreateCaller();
        using var response = await SendAsync(caller);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var stopped = proxied.Gateway.Services.GetRequiredService<IHost>().StopAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(Stream.Null)).WaitAsync(TimeSpan.FromMinutes(2));
        await stopped.WaitAsync(TimeSpan.FromMinutes(2));
        await end.CancelAsync();
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient caller)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent("""{"model":"gpt-5","stream":true,"messages":[{"role":"user","content":"Hi"}]}""", Encoding.UTF8, "application/json") };
        return await caller.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task UntilRefusedAsync(Uri address)
    {
        for (var tries = 0; tries < 2400; tries++)
        {
            using var tcp = new TcpClient();
            try
            {
                await tcp.ConnectAsync(address.Host, address.Port);
            }
            catch (SocketException)
            {
                return;
            }

            await Task.Delay(50);
        }

        Assert.Fail("still takes connections after two minutes");
    }
}
