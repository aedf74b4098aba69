using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using static LockLLM.Client.Tests.ScriptedServer;

namespace LockLLM.Client.Tests;

/// <summary>Whatever a server does, callers see our exceptions, and never the prompt or the key in them.</summary>
public class HostileServerTests
{
    public static TheoryData<int, string> Bodies()
    {
        var bodies = new TheoryData<int, string>();
        foreach (var status in (int[])[200, 201, 204, 206, 301, 304, 400, 401, 402, 403, 404, 405, 413, 418, 429, 431, 500, 501, 502, 503, 504, 599])
        {
            foreach (var body in (string[])
            [
                "", "null", "[]", "\"text\"", "7", "{", "{}", """{"safe":"true"}""", """{"safe":null,"label":0}""", "<html><body>502 Bad Gateway</body></html>", "{\"error\":",
                """{"error":null}""", """{"error":"flat","message":"a flat message","request_id":"req_flat"}""", """{"error":{"type":7,"code":[],"message":{},"request_id":1.5,"status":"x"}}""",
                """{"error":{"code":"prompt_injection_detected"}}""", """{"error":{"code":"prompt_injection_detected","scan_result":null}}""", """{"error":{"code":"prompt_injection_detected","scan_result":{"safe":"no","threats":{}}}}""",
                """{"error":{"code":"policy_violation","violated_policies":null}}""", """{"error":{"code":"policy_violation","violated_policies":[null,{"violated_categories":null}]}}""",
                """{"error":{"code":"abuse_detected","abuse_details":{"indicators":null,"abuse_types":"x"}}}""", """{"error":{"code":"pii_detected","pii_details":null}}""",
                """{"error":{"type":"lockllm_balance_error","current_balance":"much"}}""", """{"error":{"type":"rate_limit_error","retry_after":-5}}""", """{"error":{"type":"rate_limit_error","retry_after":1e300}}""",
                """{"error":{"type":"upstream_error","upstream_status":1e99,"provider":{}}}""", """{"error":{"message":"\ud800"}}""", "\ufeff{}", "{\"error\":{\"message\":\"a\\u0000b\\nc\"}}",
                new string('[', 5000), """{"error":{"message":"M"}}""".Replace("M", new string('m', 50_000), StringComparison.Ordinal),
            ])
            {
                if (status is not (204 or 304) || body.Length == 0)
                {
                    bodies.Add(status, body);
                }
            }
        }

        return bodies;
    }

    [Fact]
    public async Task Every_malformed_answer_is_one_of_our_exceptions()
    {
        var rows = Bodies().Select(row => row.Data).ToList();
        await using var server = await StartAsync((context, number) => AnswerAsync(context, rows[number / 2].Item1, rows[number / 2].Item1 is 204 or 304 ? "" : rows[number / 2].Item2));
        using var client = server.Client(options => options.MaxRetries = 0);
        Assert.True(rows.Count > 500);
        foreach (var (status, body) in rows)
        {
            foreach (var failed in new[] { await Record.ExceptionAsync(() => client.ScanAsync(WireSamples.Prompt)), Record.Exception(() => client.Scan(WireSamples.Prompt)) })
            {
                var ours = Assert.IsAssignableFrom<LockLlmException>(failed);
                Assert.Equal(status, ours.Status);
                Assert.True(ours.Message.Length <= 1100, "a long message");
                Assert.DoesNotContain(ours.Message, char.IsControl);
                Assert.NotNull(ours.ToString());
                Assert.NotEmpty(ours.ToLogProperties());
            }
        }
    }

    [Fact]
    public async Task An_error_page_is_quoted_up_to_a_hundred_characters()
    {
        await using var server = await StartAsync(502, "<html>" + new string('x', 500));
        using var client = server.Client(options => options.MaxRetries = 0);
        var failed = await Assert.ThrowsAsync<LockLlmException>(() => client.ScanAsync("a"));
        Assert.Equal("HTTP 502: <html>" + new string('x', 94), failed.Message);
        Assert.StartsWith("req_", failed.RequestId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("You sent: ")]
    [InlineData("")]
    public async Task A_server_that_repeats_the_prompt_or_the_key_does_not_get_them_into_a_message(string before)
    {
        foreach (var secret in (string[])[WireSamples.Prompt, WireSamples.Prompt[10..50], Key])
        {
            foreach (var body in (string[])[before + secret, $$$"""{"error":{"type":"t","code":"c","message":"{{{before + secret}}}"}}"""])
            {
                await using var server = await StartAsync(400, body);
                using var client = server.Client();
                var failed = await Assert.ThrowsAsync<LockLlmException>(() => client.ScanAsync(WireSamples.Prompt));
                Assert.DoesNotContain(secret[..24], failed.ToString(), StringComparison.Ordinal);
                Assert.StartsWith("HTTP 400", failed.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_storm_of_429_ends_after_the_repetitions()
    {
        await using var server = await StartAsync(429, "no JSON", ("Retry-After", "1"));
        using var client = server.Client();
        var limited = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Assert.ThrowsAsync<LockLlmRateLimitException>(() => client.ScanAsync("a"))));
        Assert.All(limited, failed => Assert.Equal(TimeSpan.FromSeconds(1), failed.RetryAfter));
        Assert.Equal(40, server.Requests.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_trickles_is_given_up_on(bool asynchronous)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(async (context, _) =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("{\"safe\":");
            await context.Response.Body.FlushAsync();
            await over.Task;
            context.Abort();
        });
        using var client = server.Client(options => (options.Timeout, options.MaxRetries) = (TimeSpan.FromMilliseconds(300), 0));
        await Assert.ThrowsAsync<LockLlmNetworkException>(() => Task.Run(() => asynchronous ? client.ScanAsync("a") : Task.FromResult(client.Scan("a"))));
        over.SetResult();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_breaks_off_is_asked_for_again(bool asynchronous)
    {
        await using var server = await StartAsync(async (context, number) =>
        {
            if (number > 0)
            {
                await AnswerAsync(context, 200, WireSamples.Safe);
                return;
            }

            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("{\"safe\":true");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        using var client = server.Client();
        Assert.True((asynchronous ? await client.ScanAsync("a") : client.Scan("a")).IsSafe);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_without_end_is_not_read_to_it(bool asynchronous)
    {
        await using var server = await StartAsync(async (context, _) =>
        {
            var block = new byte[64 << 10];
            Array.Fill(block, (byte)' ');
            try
            {
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.Body.WriteAsync(block, context.RequestAborted);
                }
            }
            catch (Exception gone) when (gone is OperationCanceledException or IOException)
            {
            }
        });
        using var client = server.Client();
        var failed = asynchronous ? await Assert.ThrowsAsync<LockLlmNetworkException>(() => client.ScanAsync("a")) : Assert.Throws<LockLlmNetworkException>(() => client.Scan("a"));
        Assert.Contains("too large", failed.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Compressed_answers_are_read_and_bombs_are_not()
    {
        await using var server = await StartAsync(async (context, number) =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            if (number == 1)
            {
                await context.Response.WriteAsync("this is no gzip");
                return;
            }

            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync(number == 0 ? Encoding.UTF8.GetBytes(WireSamples.Safe) : new byte[50 << 20]);
        });
        using var client = server.Client(options => options.MaxRetries = 0);
        Assert.True((await client.ScanAsync("a")).IsSafe);
        Assert.Contains("gzip", server.Requests.First().Headers["Accept-Encoding"], StringComparison.Ordinal);
        await Assert.ThrowsAsync<LockLlmNetworkException>(() => client.ScanAsync("a"));
        await Assert.ThrowsAsync<LockLlmNetworkException>(() => client.ScanAsync("a"));
    }

    [Theory]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n")]
    [InlineData("HTTP/1.1 999999 Too Much\r\n\r\n")]
    [InlineData("")]
    public async Task What_is_no_http_is_one_of_our_exceptions(string answer)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            for (var i = 0; i < 2; i++)
            {
                using var connection = await listener.AcceptTcpClientAsync();
                _ = await connection.GetStream().ReadAsync(new byte[4096]);
                await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
            }
        });
        using var client = new LockLlmClient("llm_x", new() { BaseUrl = new Uri("http://" + listener.LocalEndpoint), MaxRetries = 0, Timeout = TimeSpan.FromSeconds(20) });
        await Assert.ThrowsAnyAsync<LockLlmException>(() => client.ScanAsync("a"));
        Assert.ThrowsAny<LockLlmException>(() => client.Scan("a"));
        await serving;
        listener.Stop();
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await StartAsync(200, WireSamples.Safe);
        await using var server = await StartAsync((context, _) =>
        {
            context.Response.Redirect(elsewhere.Address + "v1/scan", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });
        using var client = server.Client();
        Assert.Equal(307, (await Assert.ThrowsAsync<LockLlmException>(() => client.ScanAsync("a"))).Status);
        Assert.Empty(elsewhere.Requests);
    }
}
