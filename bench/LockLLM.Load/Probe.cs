using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace LockLLM.Load;

/// <summary>The measurements that wrk cannot make. Each prints one line of figures and fails where a call failed.</summary>
internal static class Probe
{
    private const string StreamBody = """{"model":"load-model","stream":true,"messages":[{"role":"user","content":"Tell me about bees."}]}""";
    private const string EmbeddingBody = """{"model":"load-model","input":"Bees are flying insects."}""";

    private const int MaxUnderway = 4000;

    // The gateway looks every ten seconds whether it has memory to give back.
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan s_sample = TimeSpan.FromSeconds(5);
    private static readonly ArraySegment<(string Name, string Value)> s_headers = ReadHeaders();

    public static async Task<int> StreamsAsync(string url, int count)
    {
        using var client = CreateClient();
        var first = new List<double>();
        var gaps = new List<double>();
        var buffer = new byte[16 * 1024];
        for (var i = -20; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var request = Post(url + "/chat/completions?gap=5", StreamBody);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            response.EnsureSuccessStatusCode();
            await using var stream = await response.Content.ReadAsStreamAsync();
            var last = 0L;
            while (await stream.ReadAsync(buffer) > 0)
            {
                var now = Stopwatch.GetTimestamp();
                if (i >= 0)
                {
                    (last == 0 ? first : gaps).Add(Stopwatch.GetElapsedTime(last == 0 ? start : last, now).TotalMilliseconds);
                }

                last = now;
            }
        }

        Print($"first event p50 {At(first, 50):F3} ms p99 {At(first, 99):F3} ms, gap p50 {At(gaps, 50):F3} ms p99 {At(gaps, 99):F3} ms, {count} streams");
        return 0;
    }

    public static async Task<int> RateAsync(string url, int perSecond, int seconds, bool streams, int process)
    {
        using var client = CreateClient();
        var latencies = new ConcurrentBag<double>();
        var (failed, sent, underway) = (0, 0, 0);
        var memory = new List<(double Second, double Megabytes)>();
        var clock = Stopwatch.StartNew();
        var nextSample = TimeSpan.Zero;
        var total = (long)perSecond * seconds;
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        underway = 1;
        while (sent < total)
        {
            // Open loop: what is due is sent, however slow the answers are.
            for (var due = Math.Min(total, (long)(clock.Elapsed.TotalSeconds * perSecond)); sent < due; sent++)
            {
                if (Interlocked.Increment(ref underway) > MaxUnderway)
                {
                    // So far behind that the rate cannot be held: counted as failed rather than piled up.
                    Interlocked.Decrement(ref underway);
                    Interlocked.Increment(ref failed);
                    continue;
                }

                _ = CallAsync(sent);
            }

            if (clock.Elapsed >= nextSample)
            {
                memory.Add((clock.Elapsed.TotalSeconds, Megabytes(process)));
                nextSample += s_sample;
            }

            await Task.Delay(1);
        }

        if (Interlocked.Decrement(ref underway) > 0)
        {
            await idle.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }

        List<double> all = [.. latencies];
        Print($"{perSecond} a second for {seconds} s: {sent} sent, {failed} failed, p50 {At(all, 50):F1} ms p95 {At(all, 95):F1} ms p99 {At(all, 99):F1} ms");
        if (memory.Count > 1)
        {
            // The first third warms up; the slope is that of a least-squares line over the rest.
            var rest = memory.Skip(memory.Count / 3).ToList();
            var (x, y) = (rest.Average(static point => point.Second), rest.Average(static point => point.Megabytes));
            var slope = rest.Sum(point => (point.Second - x) * (point.Megabytes - y)) / rest.Sum(point => (point.Second - x) * (point.Second - x));
            Print($"memory {memory[0].Megabytes:F0} MB at the start, {memory.Max(static point => point.Megabytes):F0} MB at most, {memory[^1].Megabytes:F0} MB at the end, slope {slope * 1200:F2} MB in 20 minutes");
        }

        return failed == 0 ? 0 : 1;

        async Task CallAsync(long number)
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                using var request = (number % 4, streams) switch
                {
                    (0, true) => Post(url + "/chat/completions?gap=5", StreamBody),
                    (1 or 3, _) => Post(url + "/embeddings?delay=60", EmbeddingBody),
                    _ => Get(url + "/models?delay=60"),
                };
                using var response = await client.SendAsync(request);
                if (!response.IsSuccessStatusCode || (await response.Content.ReadAsByteArrayAsync()).Length == 0)
                {
                    Interlocked.Increment(ref failed);
                }

                latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException)
            {
                Interlocked.Increment(ref failed);
            }

            if (Interlocked.Decrement(ref underway) == 0)
            {
                idle.TrySetResult();
            }
        }
    }

    public static async Task<int> AbortsAsync(string url, int count, string provider, int process)
    {
        using var client = CreateClient();
        var before = (Megabytes(process), Handles(process));
        var done = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, _) =>
        {
            using var hangUp = new CancellationTokenSource();
            try
            {
                using var request = Post(url + "/chat/completions?gap=1000", StreamBody);
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, hangUp.Token);
                await using var stream = await response.Content.ReadAsStreamAsync(hangUp.Token);
                await stream.ReadExactlyAsync(new byte[6], hangUp.Token);
                await hangUp.CancelAsync();
                await stream.ReadExactlyAsync(new byte[1000], hangUp.Token);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref done);
            }
        });
        var waited = Stopwatch.StartNew();
        string open;
        do
        {
            await Task.Delay(20);
            open = await client.GetStringAsync(provider + "/open");
        }
        while (!open.StartsWith("0 ", StringComparison.Ordinal) && waited.Elapsed < TimeSpan.FromSeconds(30));
        Print($"{done} hung up; {waited.Elapsed.TotalSeconds:F2} s after the last the provider had 'open hung-up' = {open}");
        var peak = Megabytes(process);
        await Task.Delay(s_rest);
        Print($"gateway: {before.Item1:F0} MB and {before.Item2} handles before, {peak:F0} MB at the end, {Megabytes(process):F0} MB and {Handles(process)} handles {s_rest.TotalSeconds:F0} s later");
        return open.StartsWith("0 ", StringComparison.Ordinal) ? 0 : 1;
    }

    // Whoever hangs up does so at once, and does not read on for two seconds to save the connection.
    private static HttpClient CreateClient() => new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = Timeout.InfiniteTimeSpan, ResponseDrainTimeout = TimeSpan.Zero }) { Timeout = TimeSpan.FromMinutes(1) };

    private static HttpRequestMessage Get(string url) => WithHeaders(new HttpRequestMessage(HttpMethod.Get, url));

    private static HttpRequestMessage Post(string url, string body) =>
        WithHeaders(new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, "application/json") });

    private static HttpRequestMessage WithHeaders(HttpRequestMessage request)
    {
        foreach (var (name, value) in s_headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static (string, string)[] ReadHeaders() =>
        [.. (Environment.GetEnvironmentVariable("LOAD_HEADERS") ?? "").Split('|', StringSplitOptions.RemoveEmptyEntries).Select(static header => (header.Split(": ")[0], header.Split(": ")[1]))];

    private static double At(List<double> values, int percent)
    {
        values.Sort();
        return values.Count == 0 ? 0 : values[Math.Min(values.Count - 1, values.Count * percent / 100)];
    }

    private static double Megabytes(int process) =>
        double.Parse(File.ReadLines($"/proc/{process}/status").Single(static line => line.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    private static int Handles(int process) => Directory.GetFiles($"/proc/{process}/fd").Length;

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
