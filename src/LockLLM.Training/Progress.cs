using System.Globalization;

namespace LockLLM.Training;

/// <summary>Prints steps with their share done and the time left: a line redrawn on a terminal, a line now and then in a log.</summary>
internal sealed class Progress(TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan s_logInterval = TimeSpan.FromSeconds(15);
    private readonly Lock _lock = new();
    private readonly bool _redraws = !Console.IsErrorRedirected;
    private string _step = "";
    private long _started;
    private long _printed;

    public void Begin(string step)
    {
        lock (_lock)
        {
            _step = step;
            _started = _printed = time.GetTimestamp();
            output.WriteLine($"{step} ...");
        }
    }

    /// <param name="share">Share of the step done, 0 to 1.</param>
    public void Report(double share)
    {
        lock (_lock)
        {
            if (share <= 0 || time.GetElapsedTime(_printed) < (_redraws ? TimeSpan.FromSeconds(0.5) : s_logInterval))
            {
                return;
            }

            _printed = time.GetTimestamp();
            var left = time.GetElapsedTime(_started) * ((1 - share) / share);
            output.Write(_redraws ? '\r' : ' ');
            output.Write($" {_step}: {share,4:P0}, {Clock(left)} left ");
            if (!_redraws)
            {
                output.WriteLine();
            }
        }
    }

    public void End(string result)
    {
        lock (_lock)
        {
            output.WriteLine($"{(_redraws ? "\r" : "")}{_step}: {result} ({Clock(time.GetElapsedTime(_started))})                    ");
        }
    }

    private static string Clock(TimeSpan time) => time.ToString(time >= TimeSpan.FromHours(1) ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);
}
