using System.Buffers;
using System.Text;

namespace LockLLM.Gateway.Scanning;

/// <summary>The text to judge, in a pooled buffer that is wiped when it is given back. Prints its length, never itself.</summary>
internal sealed class PromptText : IDisposable
{
    private char[] _buffer;
    private int _length;

    /// <summary>Room for a text that will be written into <see cref="Rest"/>.</summary>
    public PromptText(int capacity) => _buffer = ArrayPool<char>.Shared.Rent(capacity);

    public Span<char> Rest => _buffer.AsSpan(_length);

    public ReadOnlySpan<char> Span => _buffer.AsSpan(0, _length);

    /// <summary>Length in Unicode scalar values. The text holds no unpaired surrogate: JSON that has one is refused.</summary>
    public int Scalars { get; private set; }

    public void Written(int chars)
    {
        var added = _buffer.AsSpan(_length, chars);
        Scalars += Ascii.IsValid(added) ? chars : ScalarOffsets.Count(added);
        _length += chars;
    }

    public void Dispose()
    {
        // Behind the text stands what was written and not kept.
        Array.Clear(_buffer);
        ArrayPool<char>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    public override string ToString() => $"text of {Scalars} characters";
}
