namespace LockLLM.Gateway.Egress;

/// <summary>
/// One host: its counts and its circuit breaker. The last window is kept as two halves, so that what happened longer ago
/// than that falls away without a list of calls.
/// </summary>
internal sealed class HostRecord(string provider, string host, BreakerOptions options, TimeProvider clock)
{
    // Share of the newest latency in the running figure.
    private const double Smoothing = 0.1;

    private readonly Lock _lock = new();
    private (long Start, int Calls, int Failures) _now = (clock.GetTimestamp(), 0, 0);
    private (int Calls, int Failures) _before;
    private BreakerState _state;
    private long _changed;
    private long _successes;
    private long _failures;
    private double _latencySeconds;
    private DateTimeOffset? _lastSuccess;
    private DateTimeOffset? _lastFailure;

    public DateTimeOffset LastCall { get; private set; } = clock.GetUtcNow();

    /// <summary>Whether a call may be made now; if not, how long the pause still lasts. Each permitted call is to be reported back.</summary>
    public bool TryEnter(out TimeSpan pause)
    {
        lock (_lock)
        {
            pause = TimeSpan.Zero;
            if (_state == BreakerState.Closed)
            {
                return true;
            }

            // A probe that was never reported back must not close the way for good, so it too lasts one pause at most.
            pause = options.Pause - clock.GetElapsedTime(_changed);
            if (pause > TimeSpan.Zero)
            {
                return false;
            }

            Become(BreakerState.Probing);
            return true;
        }
    }

    /// <summary>The host answered, which includes answers that refuse the call.</summary>
    public void Succeeded(TimeSpan latency)
    {
        lock (_lock)
        {
            _successes++;
            _lastSuccess = LastCall = clock.GetUtcNow();
            _latencySeconds = _latencySeconds == 0 ? latency.TotalSeconds : _latencySeconds + (Smoothing * (latency.TotalSeconds - _latencySeconds));
            Count(failed: 0);
            if (_state == BreakerState.Probing)
            {
                _now = (clock.GetTimestamp(), 0, 0);
                _before = default;
                Become(BreakerState.Closed);
            }
        }
    }

    /// <summary>The host did not answer, broke off, or said that it cannot serve anybody.</summary>
    public void Failed()
    {
        lock (_lock)
        {
            _failures++;
            _lastFailure = LastCall = clock.GetUtcNow();
            Count(failed: 1);
            var (calls, failures) = (_now.Calls + _before.Calls, _now.Failures + _before.Failures);
            if (_state == BreakerState.Probing
                || (_state == BreakerState.Closed && options.Enabled && calls >= options.MinimumCalls && failures * 100L >= (long)options.FailurePercent * calls))
            {
                Become(BreakerState.Open);
            }
        }
    }

    /// <summary>The call ended without saying anything about the host: the caller hung up.</summary>
    public void Abandoned()
    {
        lock (_lock)
        {
            if (_state == BreakerState.Probing)
            {
                // The next call may probe at once.
                _state = BreakerState.Open;
                _changed = clock.GetTimestamp() - (long)(options.Pause.TotalSeconds * clock.TimestampFrequency);
            }
        }
    }

    public HostReport Report()
    {
        lock (_lock)
        {
            return new HostReport(provider, host, _state, _successes, _failures, TimeSpan.FromSeconds(_latencySeconds), _lastSuccess, _lastFailure);
        }
    }

    private void Become(BreakerState state)
    {
        _state = state;
        _changed = clock.GetTimestamp();
    }

    private void Count(int failed)
    {
        var age = clock.GetElapsedTime(_now.Start);
        if (age > options.Window / 2)
        {
            _before = age > options.Window ? default : (_now.Calls, _now.Failures);
            _now = (clock.GetTimestamp(), 0, 0);
        }

        _now.Calls++;
        _now.Failures += failed;
    }
}
