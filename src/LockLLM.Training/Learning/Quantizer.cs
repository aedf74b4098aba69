namespace LockLLM.Training.Learning;

/// <summary>Stores weights as 16-bit integers and one scale.</summary>
internal static class Quantizer
{
    /// <summary>The integers, and what one of them stands for. The largest weight becomes ±32,767.</summary>
    public static (float Scale, short[] Values) ToShorts(ReadOnlySpan<float> weights)
    {
        var largest = 0f;
        foreach (var weight in weights)
        {
            largest = Math.Max(largest, Math.Abs(weight));
        }

        var scale = largest == 0 ? 1 : largest / short.MaxValue;
        var values = new short[weights.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (short)MathF.Round(weights[i] / scale);
        }

        return (scale, values);
    }
}
