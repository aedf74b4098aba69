using System.Net;
using LockLLM.Gateway.Tests.Management;
using LockLLM.Gateway.Tests.Members;

namespace LockLLM.Gateway.Tests.Dashboard;

/// <summary>The live list of events, as a browser reads it.</summary>
public sealed class EventTailTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly ManagementGateway _gateway = Browser.Gateway();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task What_happens_is_sent_as_rows_without_its_text_and_only_once()
    {
        using var owner = await Browser.OwnerAsync(_gateway);
        var earlier = await _gateway.RecordedScanAsync(Prompts.Harmless);
        using var tail = await Tail.OpenAsync(_gateway.Address, owner);
        await tail.UntilAsync(line => line.Contains(earlier.Text("id"), StringComparison.Ordinal));
        var record = await _gateway.RecordedScanAsync(Prompts.Attack);
        var rows = await tail.UntilAsync(line => line.Contains(record.Text("id"), StringComparison.Ordinal));
        Assert.DoesNotContain(earlier.Text("id"), rows[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(Prompts.Attack, string.Join('\n', rows), StringComparison.Ordinal);
        var last = await _gateway.RecordedScanAsync(Prompts.Harmless);
        rows = await tail.UntilAsync(line => line.Contains(last.Text("id"), StringComparison.Ordinal));
        Assert.DoesNotContain(rows, line => line.Contains("data-row=", StringComparison.Ordinal) && line.Contains(record.Text("id"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_what_the_filters_let_through_is_sent_and_nothing_of_other_accounts()
    {
        using var owner = await Browser.OwnerAsync(_gateway);
        using var tail = await Tail.OpenAsync(_gateway.Address, owner, "?safe=false");
        using var other = await _gateway.OtherAccountAsync();
        await other.ScanAsync($$"""{"input":"{{Prompts.Attack}}"}""");
        var safe = await _gateway.RecordedScanAsync(Prompts.Harmless);
        var threat = await _gateway.RecordedScanAsync(Prompts.Attack);
        var rows = await tail.UntilAsync(line => line.Contains(threat.Text("id"), StringComparison.Ordinal));
        Assert.DoesNotContain(rows, line => line.Contains(safe.Text("id"), StringComparison.Ordinal));
        Assert.Single(rows, static line => line.Contains("data-row=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_ends_with_the_session()
    {
        using var owner = await Browser.OwnerAsync(_gateway);
        using var tail = await Tail.OpenAsync(_gateway.Address, owner);
        await tail.UntilAsync(static line => line == "event: ready");
        Assert.Equal(HttpStatusCode.OK, (await owner.CallAsync("DELETE", "/api/v1/session")).StatusCode);
        await tail.UntilAsync(static line => line == "event: over");
        Assert.True(await tail.EndsAsync());
    }

    [Fact]
    public async Task Strangers_are_led_to_the_sign_in_and_wrong_filters_are_refused()
    {
        using var stranger = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _gateway.Address };
        Assert.Equal(HttpStatusCode.Redirect, (await stranger.GetAsync("/dashboard/events/live")).StatusCode);
        // A browser that follows would take a form for broken events; this tells it to stop.
        stranger.DefaultRequestHeaders.Accept.ParseAdd("text/event-stream");
        Assert.Equal(HttpStatusCode.NoContent, (await stranger.GetAsync("/dashboard/events/live")).StatusCode);
        using var owner = await Browser.OwnerAsync(_gateway);
        await (await owner.CallAsync("GET", "/dashboard/events/live?nonsense=1")).ErrorAsync(HttpStatusCode.BadRequest, "invalid_query");
    }

    private sealed class Tail : IDisposable
    {
        private readonly CancellationTokenSource _patience = new(s_patience);
        private HttpClient _client = null!;
        private StreamReader _lines = null!;

        public static async Task<Tail> OpenAsync(Uri address, Browser browser, string query = "")
        {
            var tail = new Tail { _client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = address } };
            tail._client.DefaultRequestHeaders.Add("Cookie", browser.Cookie);
            var answer = await tail._client.GetAsync("/dashboard/events/live" + query, HttpCompletionOption.ResponseHeadersRead, tail._patience.Token);
            Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            tail._lines = new StreamReader(await answer.Content.ReadAsStreamAsync(tail._patience.Token));
            return tail;
        }

        /// <summary>All lines up to the one that is waited for.</summary>
        public async Task<List<string>> UntilAsync(Predicate<string> isIt)
        {
            List<string> lines = [];
            while (lines.Count == 0 || !isIt(lines[^1]))
            {
                lines.Add(await _lines.ReadLineAsync(_patience.Token) ?? throw new InvalidOperationException("The tail ended."));
            }

            return lines;
        }

        public async Task<bool> EndsAsync()
        {
            while (await _lines.ReadLineAsync(_patience.Token) is not null)
            {
            }

            return true;
        }

        public void Dispose()
        {
            _lines.Dispose();
            _client.Dispose();
            _patience.Dispose();
        }
    }
}
