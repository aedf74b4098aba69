using CsCheck;
using LockLLM.Gateway.Coordination;
using LockLLM.Gateway.Coordination.Memory;
using Microsoft.Extensions.Time.Testing;

namespace LockLLM.Gateway.Tests.Coordination;

public sealed class MemoryCountersTests : CountersExpectations
{
    private static readonly Allowance s_ten = new("acc_a", 10);

    private readonly FakeTimeProvider _clock = new();
    private readonly MemoryCounters _counters;

    public MemoryCountersTests() => _counters = new MemoryCounters(_clock);

    private protected override Task<ICounters> OpenAsync() => Task.FromResult<ICounters>(_counters);

    [Fact]
    public void Tells_when_there_will_be_one_more()
    {
        for (var left = 9; left >= 0; left--)
        {
            var take = _counters.Take(s_ten, null);
            Assert.Equal((true, 10, left), (take.IsGranted, take.Limit, take.Remaining));
        }

        var refused = _counters.Take(s_ten, null);
        Assert.Equal((false, 0), (refused.IsGranted, refused.Remaining));
        Assert.InRange(refused.NextAfter, ICounters.Window, ICounters.Window + TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Grants_again_after_the_time_it_told_and_not_before()
    {
        _counters.Take(s_ten, null);
        _clock.Advance(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 9; i++)
        {
            _counters.Take(s_ten, null);
        }

        var refused = _counters.Take(s_ten, null);
        Assert.False(refused.IsGranted);
        _clock.Advance(refused.NextAfter - TimeSpan.FromMilliseconds(1));
        Assert.False(_counters.Take(s_ten, null).IsGranted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(_counters.Take(s_ten, null).IsGranted);
        Assert.False(_counters.Take(s_ten, null).IsGranted);
    }

    [Fact]
    public void Names_out_of_use_are_forgotten()
    {
        for (var i = 0; i < 1000; i++)
        {
            _counters.Take(new Allowance("acc_" + i, 10), null);
        }

        _clock.Advance(2 * ICounters.Window);
        _counters.Take(s_ten, null);
        Assert.Equal(1, _counters.Names);
    }

    [Fact]
    public void Never_more_than_the_limit_in_any_window_and_at_most_a_step_too_strict() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[0, 9_000].Array[1, 200]).Sample(static (limit, pauses) =>
        {
            var clock = new FakeTimeProvider();
            var counters = new MemoryCounters(clock);
            var granted = new List<long>();
            var now = 0L;
            foreach (var pause in pauses)
            {
                clock.Advance(TimeSpan.FromMilliseconds(pause));
                now += pause;
                var inWindow = granted.Count(at => at > now - 60_000);
                var inStrictest = granted.Count(at => at > now - 60_100);
                var isGranted = counters.Take(new Allowance("a", limit), null).IsGranted;
                Assert.True(!isGranted || inWindow < limit, "too many in a window");
                Assert.True(isGranted || inStrictest >= limit, "refused without need");
                if (isGranted)
                {
                    granted.Add(now);
                }
            }
        });

    [Fact]
    public async Task Of_200_at_once_exactly_as_many_pass_as_may_in_a_thousand_rounds()
    {
        for (var round = 0; round < 1000; round++)
        {
            var limit = 1 + (round % 199);
            var (whole, part) = (new Allowance("acc_" + round, limit), new Allowance("key_" + round, 200));
            var passed = 0;
            using var start = new ManualResetEventSlim();
            var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                start.Wait();
                for (var i = 0; i < 50; i++)
                {
                    if (_counters.Take(whole, part).IsGranted)
                    {
                        Interlocked.Increment(ref passed);
                    }
                }
            })).ToArray();
            start.Set();
            await Task.WhenAll(callers);
            Assert.Equal(limit, passed);
        }
    }

    [Fact]
    public void Follows_5000_a_second_within_one_percent()
    {
        const int Limit = 200_000;
        var granted = new Queue<int>();
        var most = 0;
        for (var ms = 0; ms < 180_000; ms++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            for (var i = 0; i < 5; i++)
            {
                if (_counters.Take(new Allowance("a", Limit), null).IsGranted)
                {
                    granted.Enqueue(ms);
                }
            }

            while (granted.TryPeek(out var oldest) && oldest <= ms - 60_000)
            {
                granted.Dequeue();
            }

            most = Math.Max(most, granted.Count);
            // From when the limit was first reached, what passes in any 60 seconds is the limit.
            Assert.True(ms < 60_000 || granted.Count >= Limit * 0.99, $"{granted.Count} at {ms} ms");
        }

        Assert.Equal(Limit, most);
    }
}
