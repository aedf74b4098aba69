using LockLLM.Gateway.Egress;
using Microsoft.Extensions.Time.Testing;

namespace LockLLM.Gateway.Tests.Egress;

/// <summary>When a failing host is given a pause, and when it is asked again.</summary>
public sealed class HostRecordTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly BreakerOptions _options = new() { MinimumCalls = 4, FailurePercent = 50, Window = TimeSpan.FromSeconds(10), Pause = TimeSpan.FromSeconds(5) };

    [Fact]
    public void A_host_is_asked_while_it_answers()
    {
        var host = Host();
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(host.TryEnter(out _));
            host.Succeeded(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal((BreakerState.Closed, 1000L, 0L), (host.Report().Breaker, host.Report().Successes, host.Report().Failures));
    }

    [Fact]
    public void Half_of_the_calls_failing_opens_it_and_a_good_probe_closes_it()
    {
        var host = Host();
        Open(host);
        Assert.False(host.TryEnter(out var pause));
        Assert.Equal(_options.Pause, pause);
        _clock.Advance(_options.Pause - TimeSpan.FromSeconds(1));
        Assert.False(host.TryEnter(out pause));
        Assert.Equal(TimeSpan.FromSeconds(1), pause);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(host.TryEnter(out _));
        Assert.Equal(BreakerState.Probing, host.Report().Breaker);
        Assert.False(host.TryEnter(out _)); // one probe at a time
        host.Succeeded(TimeSpan.FromMilliseconds(10));
        Assert.Equal(BreakerState.Closed, host.Report().Breaker);
        host.Failed();
        Assert.True(host.TryEnter(out _)); // what happened before the pause is forgotten
    }

    [Fact]
    public void A_failed_probe_begins_another_pause()
    {
        var host = Host();
        Open(host);
        _clock.Advance(_options.Pause);
        Assert.True(host.TryEnter(out _));
        host.Failed();
        Assert.False(host.TryEnter(out var pause));
        Assert.Equal(_options.Pause, pause);
    }

    [Fact]
    public void A_probe_whose_caller_hung_up_lets_the_next_call_probe()
    {
        var host = Host();
        Open(host);
        _clock.Advance(_options.Pause);
        Assert.True(host.TryEnter(out _));
        host.Abandoned();
        Assert.True(host.TryEnter(out _));
    }

    [Fact]
    public void A_probe_never_reported_back_does_not_close_the_way_for_good()
    {
        var host = Host();
        Open(host);
        _clock.Advance(_options.Pause);
        Assert.True(host.TryEnter(out _));
        _clock.Advance(_options.Pause);
        Assert.True(host.TryEnter(out _));
    }

    [Fact]
    public void Too_few_calls_conclude_nothing()
    {
        var host = Host();
        for (var i = 0; i < _options.MinimumCalls - 1; i++)
        {
            host.Failed();
        }

        Assert.True(host.TryEnter(out _));
    }

    [Fact]
    public void Old_failures_fall_away()
    {
        var host = Host();
        for (var i = 0; i < _options.MinimumCalls - 1; i++)
        {
            host.Failed();
        }

        _clock.Advance(_options.Window + TimeSpan.FromSeconds(1));
        host.Failed();
        Assert.True(host.TryEnter(out _));
    }

    [Fact]
    public void It_can_be_switched_off()
    {
        _options.Enabled = false;
        var host = Host();
        for (var i = 0; i < 100; i++)
        {
            host.Failed();
        }

        Assert.True(host.TryEnter(out _));
    }

    [Fact]
    public void Hosts_that_accounts_bring_do_not_pile_up()
    {
        var health = new HostHealth(new EgressOptions(), _clock);
        for (var i = 0; i < 5000; i++)
        {
            health.Of("custom", new Uri($"https://host{i}.example.com/"));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        var report = health.Report();
        Assert.InRange(report.Count, 1, 1000);
        Assert.Contains(report, host => host.Host == "host4999.example.com");
    }

    private HostRecord Host() => new("openai", "api.openai.com", _options, _clock);

    private void Open(HostRecord host)
    {
        for (var i = 0; i < _options.MinimumCalls / 2; i++)
        {
            host.Succeeded(TimeSpan.FromMilliseconds(10));
            host.Failed();
        }

        Assert.Equal(BreakerState.Open, host.Report().Breaker);
    }
}
