namespace LockLLM.Engine;

/// <summary>The score from which a text counts as an attack. The model's calibration bends its raw scores to these fixed points.</summary>
public static class Thresholds
{
    /// <summary>Score at <see cref="Sensitivity.Low"/>.</summary>
    public const double Low = 80;

    /// <summary>Score at <see cref="Sensitivity.Medium"/>.</summary>
    public const double Medium = 50;

    /// <summary>Score at <see cref="Sensitivity.High"/>.</summary>
    public const double High = 15;

    /// <summary>The lowest score that counts as an attack at a sensitivity, 0 to 100.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the three levels.</exception>
    public static double Of(Sensitivity sensitivity) => sensitivity switch
    {
        Sensitivity.Low => Low,
        Sensitivity.Medium => Medium,
        Sensitivity.High => High,
        _ => throw new ArgumentOutOfRangeException(nameof(sensitivity), sensitivity, "Not a sensitivity."),
    };
}
