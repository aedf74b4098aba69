namespace LockLLM.Engine.Decoding;

/// <summary>One encoding. Reads a text once, in linear time, and reports what to replace; never throws on any text.</summary>
internal abstract class Layer
{
    /// <summary>A cheap answer that spares plain prose the search.</summary>
    public abstract bool MayApply(in TextSignals signals);

    public abstract void Undo(ReadOnlySpan<char> chars, Rewriter text, DecodingBuffers buffers);
}
