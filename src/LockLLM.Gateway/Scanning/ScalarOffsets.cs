namespace LockLLM.Gateway.Scanning;

/// <summary>Turns UTF-16 positions, which the engine counts in, into positions in Unicode scalar values, which the wire counts in.</summary>
internal static class ScalarOffsets
{
    /// <summary>Scalar values that begin in the text.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        var count = text.Length;
        foreach (var unit in text)
        {
            count -= char.IsLowSurrogate(unit) ? 1 : 0;
        }

        return count;
    }

    /// <summary>Converts all positions in place, walking the text once whatever their number and order.</summary>
    public static void Convert(ReadOnlySpan<char> text, Span<int> positions)
    {
        var order = new int[positions.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        positions.ToArray().AsSpan().Sort(order.AsSpan());
        var walked = 0;
        var scalars = 0;
        foreach (var i in order)
        {
            scalars += Count(text[walked..positions[i]]);
            walked = positions[i];
            positions[i] = scalars;
        }
    }
}
