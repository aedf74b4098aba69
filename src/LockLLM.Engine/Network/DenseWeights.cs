namespace LockLLM.Engine.Network;

/// <summary>Where in one array of numbers each matrix of the network lies, so that reading, writing and learning need not tell them apart.</summary>
internal static class DenseWeights
{
    public static readonly int Count = Slice(Part.End, 0).Start.Value;

    private enum Part
    {
        Filters,
        FilterBiases,
        Pool,
        PoolBias,
        Output,
        OutputBias,
        End,
    }

    /// <summary>The filter of a layer for one tap: inputs by outputs.</summary>
    public static Range Filter(int layer, int tap)
    {
        var size = NetworkShape.LayerInput(layer) * NetworkShape.Width;
        var start = Slice(Part.Filters, layer).Start.Value + (tap * size);
        return start..(start + size);
    }

    public static Range FilterBias(int layer) => Slice(Part.FilterBiases, layer);

    /// <summary>From the maxima and the means over a window to the hidden numbers: inputs by outputs.</summary>
    public static Range Pool => Slice(Part.Pool, 0);

    public static Range PoolBias => Slice(Part.PoolBias, 0);

    /// <summary>From the hidden numbers to the scores: outputs by inputs.</summary>
    public static Range Output => Slice(Part.Output, 0);

    public static Range OutputBias => Slice(Part.OutputBias, 0);

    private static Range Slice(Part part, int index)
    {
        var at = 0;
        var layers = NetworkShape.Dilations.Length;
        for (var layer = 0; layer < layers; layer++)
        {
            var size = NetworkShape.Taps * NetworkShape.LayerInput(layer) * NetworkShape.Width;
            if (part == Part.Filters && layer == index)
            {
                return at..(at + size);
            }

            at += size;
        }

        for (var layer = 0; layer < layers; layer++, at += NetworkShape.Width)
        {
            if (part == Part.FilterBiases && layer == index)
            {
                return at..(at + NetworkShape.Width);
            }
        }

        ReadOnlySpan<(Part Part, int Size)> rest =
        [
            (Part.Pool, 2 * NetworkShape.Width * NetworkShape.Hidden), (Part.PoolBias, NetworkShape.Hidden),
            (Part.Output, NetworkShape.Outputs * NetworkShape.Hidden), (Part.OutputBias, NetworkShape.Outputs), (Part.End, 0),
        ];
        foreach (var (found, size) in rest)
        {
            if (found == part)
            {
                return at..(at + size);
            }

            at += size;
        }

        throw new ArgumentOutOfRangeException(nameof(part));
    }
}
