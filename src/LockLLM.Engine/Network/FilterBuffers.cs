namespace LockLLM.Engine.Network;

/// <summary>Room for what a <see cref="FilterLayer"/> works out on its way. Not thread-safe.</summary>
/// <param name="words">So many words at most are filtered at once.</param>
internal sealed class FilterBuffers(int words)
{
    private int _used;

    /// <summary>Mixtures of the words that one row of the products is made of.</summary>
    public float[] Mixed { get; } = new float[FilterLayer.Products * NetworkShape.Width];

    /// <summary>The same of all rows, in whole numbers.</summary>
    public short[] Numbers { get; } = new short[FilterLayer.MostRows(words) * FilterLayer.Products * NetworkShape.Width];

    /// <summary>What a step of these stands for, row by row.</summary>
    public float[] Steps { get; } = new float[FilterLayer.MostRows(words) * FilterLayer.Products];

    public float[] Products { get; } = new float[FilterLayer.MostRows(words) * FilterLayer.Products * NetworkShape.Width];

    /// <summary>Says that so many rows are written.</summary>
    public void Use(int rows) => _used = Math.Max(_used, rows);

    /// <summary>Wipes what was written.</summary>
    public void Clear()
    {
        Mixed.AsSpan().Clear();
        Numbers.AsSpan(0, _used * FilterLayer.Products * NetworkShape.Width).Clear();
        Products.AsSpan(0, _used * FilterLayer.Products * NetworkShape.Width).Clear();
        _used = 0;
    }
}
