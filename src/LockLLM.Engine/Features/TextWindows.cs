namespace LockLLM.Engine.Features;

/// <summary>
/// The windows in which a text is judged: a wide one for attacks that take a story to tell and a narrow one for a
/// single sentence in other text. Windows of a width overlap by half, so any payload of half a width lies whole in one.
/// </summary>
internal static class TextWindows
{
    /// <summary>Widths in characters of canonical text.</summary>
    public static ReadOnlySpan<int> Widths => [1024, 256, 64];

    /// <summary>Number of windows of one width over a text; at least one.</summary>
    public static int Count(int length, int width) => length <= width ? 1 : 1 + ((length - width + Step(width) - 1) / Step(width));

    /// <summary>The characters that window <paramref name="number"/> covers.</summary>
    public static (int From, int To) Range(int number, int length, int width)
    {
        // The last window is moved back so that it is as wide as the others.
        var from = Math.Max(0, Math.Min(number * Step(width), length - width));
        return (from, Math.Min(length, from + width));
    }

    private static int Step(int width) => width / 2;
}
