using System.Net;
using LockLLM.Engine;
using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Tests.Scanning;

public sealed class LongScanTests
{
    private static readonly string s_long = $$"""{"input":"{{Prompts.Long(ScanStage.LongScalars + 1)}}"}""";

    [Fact]
    public async Task Long_texts_queue_so_that_short_ones_pass()
    {
        var engine = new PromptScanner();
        using var entered = new SemaphoreSlim(0);
        using var gate = new SemaphoreSlim(0);
        var running = 0;
        var most = 0;
        Verdict Detect(ReadOnlySpan<char> text, Trust trust)
        {
            if (text.Length > ScanStage.LongScalars)
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                entered.Release();
                gate.Wait();
                Interlocked.Decrement(ref running);
            }

            return engine.Scan(text, trust);
        }

        using var gateway = new GatewayFactory
        {
            Detector = Detect,
            Settings = { ["LockLLM:Scan:ConcurrentLongScans"] = "1", ["LockLLM:Scan:WaitingLongScans"] = "1" },
        };
        var caller = gateway.CreateCaller();
        var first = Task.Run(() => caller.ScanAsync(s_long));
        await entered.WaitAsync();

        // One runs; of two more one waits and one is turned away, whichever comes second.
        var second = Task.Run(() => caller.ScanAsync(s_long));
        var third = Task.Run(() => caller.ScanAsync(s_long));
        var turnedAway = await Task.WhenAny(second, third);
        await (await turnedAway).ErrorAsync(HttpStatusCode.ServiceUnavailable, "scan_unavailable");
        await (await caller.ScanAsync("""{"input":"short"}""")).VerdictAsync();

        gate.Release(2);
        await (await first).VerdictAsync();
        await (await (turnedAway == second ? third : second)).VerdictAsync();
        Assert.Equal(1, most);
    }
}
