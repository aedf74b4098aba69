namespace LockLLM.Engine.Models;

/// <summary>
/// Bends raw log odds to scores from 0 to 100, so that the three sensitivities stand at their fixed scores. Between
/// them the line is straight; beyond them it nears 0 and 100 without reaching them.
/// </summary>
/// <param name="High">Raw score at the threshold of <see cref="Sensitivity.High"/>.</param>
/// <param name="Medium">Raw score at the threshold of <see cref="Sensitivity.Medium"/>.</param>
/// <param name="Low">Raw score at the threshold of <see cref="Sensitivity.Low"/>.</param>
internal readonly record struct Calibration(float High, float Medium, float Low)
{
    /// <summary>The score of raw log odds, 0 to 100.</summary>
    public double ToScore(float raw)
    {
        if (raw < High)
        {
            return Thresholds.High * Math.Exp(raw - High);
        }

        if (raw < Medium)
        {
            return Between(raw, High, Medium, Thresholds.High, Thresholds.Medium);
        }

        return raw < Low
            ? Between(raw, Medium, Low, Thresholds.Medium, Thresholds.Low)
            : 100 - ((100 - Thresholds.Low) * Math.Exp(Low - raw));
    }

    private static double Between(float raw, float from, float to, double low, double high) => low + ((high - low) * (raw - from) / (to - from));
}
