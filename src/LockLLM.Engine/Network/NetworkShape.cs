namespace LockLLM.Engine.Network;

/// <summary>The sizes of the network. They are part of the feature schema: a model file made for others refuses to load.</summary>
internal static class NetworkShape
{
    /// <summary>Numbers that stand for a word.</summary>
    public const int WordSize = 64;

    /// <summary>Numbers that stand for a word in its surroundings.</summary>
    public const int Width = 96;

    /// <summary>Numbers between a window and its scores.</summary>
    public const int Hidden = 64;

    /// <summary>Words that a filter sees at once.</summary>
    public const int Taps = 3;

    /// <summary>How far apart the words are that a layer's filter sees. The last layer's outputs see seven words on both sides.</summary>
    public static ReadOnlySpan<int> Dilations => [1, 2, 4];

    /// <summary>The largest of <see cref="Dilations"/>.</summary>
    public const int Reach = 4;

    /// <summary>Words on each side that bear on one output.</summary>
    public const int Sight = 7;

    /// <summary>Words whose outputs are pooled together; windows are made of such blocks.</summary>
    public const int BlockWords = 16;

    /// <summary>Lengths of the windows in blocks; windows of one length overlap by half.</summary>
    public static ReadOnlySpan<int> WindowBlocks => [8, 2];

    /// <summary>Scores a window gets: as a user's text and as a document's or a tool's.</summary>
    public const int Outputs = 2;

    public static int LayerInput(int layer) => layer == 0 ? WordSize : Width;

    /// <summary>Number of windows of one length over blocks; at least one.</summary>
    public static int Windows(int blocks, int length) => blocks <= length ? 1 : 1 + ((blocks - length + (length / 2) - 1) / (length / 2));

    /// <summary>The blocks that a window covers; the last window is moved back so that it is as long as the others.</summary>
    public static (int From, int To) Window(int number, int blocks, int length)
    {
        var from = Math.Max(0, Math.Min(number * (length / 2), blocks - length));
        return (from, Math.Min(blocks, from + length));
    }
}
