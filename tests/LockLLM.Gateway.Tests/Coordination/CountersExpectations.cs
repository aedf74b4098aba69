using LockLLM.Gateway.Coordination;

namespace LockLLM.Gateway.Tests.Coordination;

/// <summary>What every kind of counter does, whatever keeps it.</summary>
public abstract class CountersExpectations
{
    private readonly string _account = "acc_" + Guid.NewGuid().ToString("N");
    private readonly string _key = "key_" + Guid.NewGuid().ToString("N");

    private protected abstract Task<ICounters> OpenAsync();

    private protected virtual int Rounds => 1000;

    [Fact]
    public async Task The_limit_is_granted_and_what_is_left_is_told()
    {
        var counters = await OpenAsync();
        for (var left = 9; left >= 0; left--)
        {
            var take = await TakeAsync(counters, 10);
            Assert.Equal((true, 10, left), (take.IsGranted, take.Limit, take.Remaining));
        }

        var refused = await TakeAsync(counters, 10);
        Assert.Equal((false, 0), (refused.IsGranted, refused.Remaining));
        Assert.InRange(refused.NextAfter.TotalSeconds, 0.001, 60.1);
    }

    [Fact]
    public async Task What_is_refused_does_not_count()
    {
        var counters = await OpenAsync();
        for (var i = 0; i < 50; i++)
        {
            await TakeAsync(counters, 5);
        }

        Assert.Equal(100 - 5 - 1, (await TakeAsync(counters, 100)).Remaining);
    }

    [Fact]
    public async Task Both_are_taken_or_neither()
    {
        var counters = await OpenAsync();
        Assert.True((await TakeAsync(counters, 10, 2)).IsGranted);
        Assert.True((await TakeAsync(counters, 10, 2)).IsGranted);
        var refused = await TakeAsync(counters, 10, 2);
        Assert.Equal((false, 2, 0), (refused.IsGranted, refused.Limit, refused.Remaining));
        Assert.Equal(7, (await TakeAsync(counters, 10)).Remaining);
    }

    [Fact]
    public async Task A_full_account_spends_nothing_of_a_key()
    {
        var counters = await OpenAsync();
        for (var i = 0; i < 10; i++)
        {
            await TakeAsync(counters, 10);
        }

        var refused = await TakeAsync(counters, 10, 100);
        Assert.Equal((false, 10), (refused.IsGranted, refused.Limit));
        Assert.Equal(99, (await TakeAsync(counters, 1000, 100)).Remaining);
    }

    [Fact]
    public async Task Of_200_at_once_exactly_as_many_pass_as_may()
    {
        var counters = await OpenAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var limit = round * 37 % 201;
            var (whole, part) = (new Allowance(_account + round, limit), new Allowance(_key + round, 137));
            var takes = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => counters.TakeAsync(whole, part, CancellationToken.None).AsTask())));
            Assert.Equal(Math.Min(limit, 137), takes.Count(static take => take.IsGranted));
        }
    }

    private async Task<Take> TakeAsync(ICounters counters, int limit, int? part = null) =>
        await counters.TakeAsync(new Allowance(_account, limit), part is { } most ? new Allowance(_key, most) : null, CancellationToken.None);
}
