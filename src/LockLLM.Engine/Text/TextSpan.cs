namespace LockLLM.Engine;

/// <summary>A half-open range of UTF-16 positions in the text as submitted.</summary>
/// <param name="Start">First position.</param>
/// <param name="End">Position after the last.</param>
public readonly record struct TextSpan(int Start, int End)
{
    /// <summary>Number of UTF-16 positions covered.</summary>
    public int Length => End - Start;
}
