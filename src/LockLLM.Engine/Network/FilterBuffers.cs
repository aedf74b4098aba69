namespace LockLLM.Engine.Network;

/// <summary>Room for what a <see cref="FilterLayer"/> works out on its way. Not thread-safe.</summary>
internal sealed class FilterBuffers
{
    private const int Rows = FilterLayer.GroupRows * FilterLayer.Products;

    /// <summary>Mixtures of the words that one row of the products is made of.</summary>
    public float[] Mixed { get; } = new float[FilterLayer.Products * NetworkShape.Width];

    /// <summary>The size of the largest number of each mixture.</summary>
    public float[] Largest { get; } = new float[FilterLayer.Products];

    /// <summary>The mixtures of a group of rows, in whole numbers.</summary>
    public short[] Numbers { get; } = new short[Rows * NetworkShape.Width];

    /// <summary>What a step of these stands for, row by row.</summary>
    public float[] Steps { get; } = new float[Rows];

    public float[] Products { get; } = new float[Rows * NetworkShape.Width];

    /// <summary>Wipes what was written.</summary>
    public void Clear()
    {
        Mixed.AsSpan().Clear();
        Largest.AsSpan().Clear();
        Numbers.AsSpan().Clear();
        Steps.AsSpan().Clear();
        Products.AsSpan().Clear();
    }
}
