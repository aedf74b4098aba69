namespace LockLLM.Training.Learning;

/// <summary>Stores weights as small integers and what one of them stands for.</summary>
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

    /// <summary>Rows of numbers as bytes, with a scale for each row: its largest number becomes ±127.</summary>
    public static (float[] Scales, sbyte[] Values) ToBytes(ReadOnlySpan<float> weights, int rowSize)
    {
        var scales = new float[weights.Length / rowSize];
        var values = new sbyte[weights.Length];
        for (var row = 0; row < scales.Length; row++)
        {
            var from = weights.Slice(row * rowSize, rowSize);
            var largest = 0f;
            foreach (var weight in from)
            {
                largest = Math.Max(largest, Math.Abs(weight));
            }

            scales[row] = largest == 0 ? 1 : largest / sbyte.MaxValue;
            for (var i = 0; i < rowSize; i++)
            {
                values[(row * rowSize) + i] = (sbyte)MathF.Round(from[i] / scales[row]);
            }
        }

        return (scales, values);
    }
}
