using LockLLM.Gateway.Analytics;
using LockLLM.Gateway.Hosting;
using LockLLM.Gateway.Storage.Entities;

namespace LockLLM.Gateway.Tests.Analytics;

public sealed class UsageTests : IDisposable
{
    private static readonly UsageRange s_range = UsageRange.Parse("1h", new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1h", 60)]
    [InlineData("24h", 24)]
    [InlineData("7d", 56)]
    [InlineData("30d", 30)]
    [InlineData("nonsense", 24)]
    public void A_range_ends_with_the_step_that_is_running(string name, int buckets)
    {
        var now = new DateTimeOffset(2026, 3, 1, 12, 7, 9, TimeSpan.Zero);
        var range = UsageRange.Parse(name, now);
        Assert.Equal(buckets, range.Buckets);
        Assert.True(range.To > now && range.To - range.BucketWidth <= now);
        Assert.Equal(range, UsageRange.Parse(name, range.To - TimeSpan.FromTicks(1)));
    }

    [Fact]
    public async Task Sums_are_of_the_account_and_the_period_alone()
    {
        await using var installation = await TestInstallation.OpenAsync(new GatewayOptions { DataDirectory = _folder.Path });
        await using (var context = installation.Database.CreateContext())
        {
            context.RequestRecords.AddRange(
                Record("log_1", s_range.From, isSafe: true, milliseconds: 1),
                Record("log_2", s_range.From.AddMinutes(1), isSafe: false, milliseconds: 2),
                Record("log_3", s_range.From.AddMinutes(1), isSafe: false, milliseconds: 3, status: RequestStatus.Failure),
                Record("log_4", s_range.To.AddTicks(-1), isSafe: null, milliseconds: null, status: RequestStatus.Error),
                Record("log_5", s_range.From.AddTicks(-1), isSafe: false, milliseconds: 100),
                Record("log_6", s_range.To, isSafe: false, milliseconds: 100),
                Record("log_7", s_range.From, isSafe: false, milliseconds: 100, account: "acc_b"));
            await context.SaveChangesAsync();
        }

        var usage = await new UsageStore(installation.Database).ReadAsync("acc_a", s_range, CancellationToken.None);
        Assert.Equal(new UsageTotals(4, 2, 1, 1), usage.Totals);
        Assert.Equal(new UsageTotals(1, 1, 0, 0), usage.Before);
        Assert.Equal([(0, 1L), (1, 2L), (59, 1L)], usage.Series.Select((step, i) => (i, step.Requests)).Where(step => step.Requests > 0));
        Assert.Equal([new UsageShare("jailbreak", 2, 2)], usage.Categories);
        Assert.Equal([new UsageShare("key_a", 4, 2)], usage.Keys);
        Assert.Equal([new UsageShare("openai", 4, 2)], usage.Providers);
        Assert.InRange(usage.ScanMilliseconds.P50!.Value, 2 * 0.98, 2 * 1.02);
        Assert.InRange(usage.ScanMilliseconds.P95!.Value, 3 * 0.98, 3 * 1.02);
        Assert.InRange(usage.ScanMilliseconds.P99!.Value, 3 * 0.98, 3 * 1.02);
        Assert.InRange(usage.ScanMillisecondsBefore.P50!.Value, 100 * 0.98, 100 * 1.02);
    }

    [Theory]
    [InlineData(0, 0.01)]
    [InlineData(-1, 0.01)]
    [InlineData(0.01, 0.01)]
    [InlineData(1, 1)]
    [InlineData(3.7, 3.7)]
    [InlineData(86_400_000, 86_400_000)]
    [InlineData(double.PositiveInfinity, 86_400_000)]
    public void A_duration_is_counted_with_those_two_percent_beside_it(double milliseconds, double expected)
    {
        Assert.InRange(ScanTimes.MillisecondsOf(ScanTimes.StepOf(milliseconds)), expected * 0.98, expected * 1.02);
    }

    [Fact]
    public void Percentiles_are_by_nearest_rank()
    {
        (int Step, long Scans)[] counts = [(10, 50), (20, 45), (30, 4), (40, 1)];
        Assert.Equal(ScanTimes.MillisecondsOf(10), ScanTimes.Percentile(counts, 0.50));
        Assert.Equal(ScanTimes.MillisecondsOf(20), ScanTimes.Percentile(counts, 0.51));
        Assert.Equal(ScanTimes.MillisecondsOf(20), ScanTimes.Percentile(counts, 0.95));
        Assert.Equal(ScanTimes.MillisecondsOf(30), ScanTimes.Percentile(counts, 0.99));
        Assert.Equal(ScanTimes.MillisecondsOf(40), ScanTimes.Percentile(counts, 1));
        Assert.Null(ScanTimes.Percentile([], 0.5));
    }

    [Fact]
    public async Task Where_nothing_happened_there_are_no_percentiles()
    {
        await using var installation = await TestInstallation.OpenAsync(new GatewayOptions { DataDirectory = _folder.Path });
        var usage = await new UsageStore(installation.Database).ReadAsync("acc_a", s_range, CancellationToken.None);
        Assert.Equal((new UsageTotals(0, 0, 0, 0), new Percentiles(null, null, null), 60), (usage.Totals, usage.ScanMilliseconds, usage.Series.Count));
    }

    private static RequestRecord Record(string id, DateTimeOffset at, bool? isSafe, double? milliseconds, RequestStatus status = RequestStatus.Success, string account = "acc_a") => new()
    {
        Id = id, AccountId = account, CreatedAt = at, Kind = RequestKind.ProxyRequest, Status = status, RequestId = "req_" + id,
        IsSafe = isSafe, ThreatCategory = isSafe == false ? "jailbreak" : null, ApiKeyId = "key_a", Provider = "openai", ScanMilliseconds = milliseconds,
    };
}
