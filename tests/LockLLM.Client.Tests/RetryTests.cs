using System.Globalization;
using static LockLLM.Client.Tests.ScriptedServer;

namespace LockLLM.Client.Tests;

public class RetryTests
{
    [Theory]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(502, false)]
    [InlineData(503, false)]
    public async Task Passing_failures_are_repeated_under_the_same_id(int status, bool asynchronous)
    {
        await using var server = await StartAsync((context, number) => number < 3 ? AnswerAsync(context, status, "{}") : AnswerAsync(context, 200, WireSamples.Safe));
        var clock = new HastyClock();
        using var client = server.Client(options => (options.TimeProvider, options.Jitter) = (clock, () => 0.5));
        Assert.True((asynchronous ? await client.ScanAsync("a") : client.Scan("a")).IsSafe);
        Assert.Equal(4, server.Requests.Count);
        Assert.Single(server.Requests.Select(asked => asked.Headers["X-Request-Id"]).Distinct());
        Assert.Equal([1.05, 2.1, 4.2], clock.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task Waits_grow_to_thirty_seconds_at_most()
    {
        await using var server = await StartAsync(503, "{}");
        var clock = new HastyClock();
        using var client = server.Client(options => (options.TimeProvider, options.Jitter, options.MaxRetries) = (clock, () => 0, 7));
        await Assert.ThrowsAsync<LockLlmException>(() => client.ScanAsync("a"));
        Assert.Equal([1d, 2, 4, 8, 16, 30, 30], clock.Waits.Select(wait => wait.TotalSeconds));
    }

    [Theory]
    [InlineData("5", 5)]
    [InlineData("Sun, 01 Mar 2026 12:00:09 GMT", 9)]
    [InlineData("Sun, 01 Mar 2026 11:00:00 GMT", 1)] // past, so as if absent
    [InlineData("0", 1)]
    [InlineData("1.5", 1)]
    [InlineData("-3", 1)]
    [InlineData("99999999999999999999", 1)]
    public async Task Retry_after_is_obeyed(string value, double seconds)
    {
        await using var server = await StartAsync((context, number) => number == 0 ? AnswerAsync(context, 429, WireSamples.RateLimited, ("Retry-After", value)) : AnswerAsync(context, 200, WireSamples.Safe));
        var clock = new HastyClock();
        using var client = server.Client(options => (options.TimeProvider, options.Jitter) = (clock, () => 0));
        await client.ScanAsync("a");
        Assert.Equal(seconds, Assert.Single(clock.Waits).TotalSeconds);
    }

    [Fact]
    public async Task The_last_429_tells_when_to_come_back()
    {
        await using var server = await StartAsync(429, WireSamples.RateLimited, ("Retry-After", "5"));
        using var client = server.Client();
        var limited = await Assert.ThrowsAsync<LockLlmRateLimitException>(() => client.ScanAsync("a"));
        Assert.Equal((TimeSpan.FromSeconds(5), "rate_limited", 429, "req_9b7"), (limited.RetryAfter, limited.Code, limited.Status, limited.RequestId));
        Assert.Contains("1,000 requests", limited.Message, StringComparison.Ordinal);
        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [InlineData("Retry-After", "3600")]
    [InlineData("x-should-retry", "false")]
    public async Task A_long_wait_or_a_plain_no_is_not_repeated(string header, string value)
    {
        await using var server = await StartAsync(429, WireSamples.RateLimited, (header, value));
        using var client = server.Client();
        var limited = await Assert.ThrowsAsync<LockLlmRateLimitException>(() => client.ScanAsync("a"));
        Assert.Equal(header == "Retry-After" ? 3600 : 7, limited.RetryAfter!.Value.TotalSeconds);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(400, WireSamples.Injection)]
    [InlineData(403, WireSamples.Policy)]
    [InlineData(403, WireSamples.Pii)]
    [InlineData(400, WireSamples.Abuse)]
    [InlineData(401, WireSamples.Unauthorized)]
    [InlineData(402, WireSamples.Balance)]
    [InlineData(413, WireSamples.TooLong)]
    [InlineData(504, "{}")]
    [InlineData(408, "{}")]
    [InlineData(302, "")]
    public async Task Verdicts_and_final_errors_are_asked_for_once(int status, string body)
    {
        await using var server = await StartAsync(status, body, ("Location", "http://127.0.0.1:1/"));
        using var client = server.Client();
        Assert.Equal(status, (await Assert.ThrowsAnyAsync<LockLlmException>(() => client.ScanAsync("a"))).Status);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Without_repetitions_there_is_one_attempt()
    {
        await using var server = await StartAsync(503, WireSamples.Internal);
        using var client = server.Client(options => options.MaxRetries = 0);
        await Assert.ThrowsAsync<LockLlmException>(() => client.ScanAsync("a"));
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nobody_there_is_a_network_error_that_counts_the_attempts(bool asynchronous)
    {
        var closed = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        closed.Start();
        var port = ((System.Net.IPEndPoint)closed.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        closed.Stop();
        using var client = new LockLlmClient("llm_x", new() { BaseUrl = new Uri("http://127.0.0.1:" + port), TimeProvider = new HastyClock() });
        var failed = asynchronous ? await Assert.ThrowsAsync<LockLlmNetworkException>(() => client.ScanAsync("a")) : Assert.Throws<LockLlmNetworkException>(() => client.Scan("a"));
        Assert.Contains("4 attempts", failed.Message, StringComparison.Ordinal);
        Assert.IsType<HttpRequestException>(failed.InnerException);
        Assert.Equal((0, "network_error", "connection_failed"), (failed.Status, failed.Type, failed.Code));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_does_not_answer_is_given_up_on(bool asynchronous)
    {
        var over = new TaskCompletionSource();
        await using var server = await StartAsync((_, _) => over.Task);
        using var client = server.Client(options => (options.Timeout, options.MaxRetries) = (TimeSpan.FromMilliseconds(300), 1));
        var failed = asynchronous ? await Assert.ThrowsAsync<LockLlmNetworkException>(() => client.ScanAsync("a")) : await Assert.ThrowsAsync<LockLlmNetworkException>(() => Task.Run(() => client.Scan("a")));
        over.SetResult();
        Assert.IsType<TimeoutException>(failed.InnerException);
        Assert.Contains("2 attempts", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Cancelling_is_no_failure_and_is_quick(bool whileWaiting, bool asynchronous)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(async (context, _) =>
        {
            asked.TrySetResult();
            if (whileWaiting)
            {
                await AnswerAsync(context, 503, "{}", ("Retry-After", "50"));
                return;
            }

            await over.Task;
        });
        using var client = server.Client(options => options.TimeProvider = TimeProvider.System);
        using var cancel = new CancellationTokenSource();
        var scan = Task.Run(() => asynchronous ? client.ScanAsync("a", cancellationToken: cancel.Token) : Task.FromResult(client.Scan("a", cancellationToken: cancel.Token)));
        await asked.Task;
        await Task.Delay(whileWaiting ? 200 : 0); // so that the client is likely to be waiting already; either way it must end
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scan);
        // 100 ms is the aim; what is asserted leaves room for a busy machine and is far from the 50 s and 60 s it would else take.
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        over.SetResult();
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_token_cancelled_before_sends_nothing()
    {
        await using var server = await StartAsync(200, WireSamples.Safe);
        using var client = server.Client();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.ScanAsync("a", cancellationToken: new CancellationToken(true)));
        Assert.Empty(server.Requests);
    }
}
