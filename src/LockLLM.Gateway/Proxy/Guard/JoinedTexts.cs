using System.Buffers;
using LockLLM.Engine;
using LockLLM.Gateway.Proxy.Protocols;

namespace LockLLM.Gateway.Proxy.Guard;

/// <summary>
/// The last few texts of a kind, one after the other: what a model reads that is told half of something at a time. Of
/// long ones their ends, which is where such a thing would lie.
/// </summary>
internal sealed class JoinedTexts : IDisposable
{
    private const int MaxTexts = 8;
    private const int EndChars = 600;

    private readonly List<(int Index, int Start)> _pieces = [];
    private char[] _buffer;
    private int _length;

    private JoinedTexts(int capacity) => _buffer = ArrayPool<char>.Shared.Rent(capacity);

    public ReadOnlySpan<char> Text => _buffer.AsSpan(0, _length);

    /// <summary>Null where there is nothing to join.</summary>
    public static JoinedTexts? Of(PromptMap map, Func<int, bool> belongs, string separator)
    {
        Span<int> chosen = stackalloc int[MaxTexts];
        var count = 0;
        for (var i = map.Parts.Length - 1; i >= 0 && count < MaxTexts; i--)
        {
            if (belongs(i))
            {
                chosen[count++] = i;
            }
        }

        if (count < 2)
        {
            return null;
        }

        var joined = new JoinedTexts(MaxTexts * ((2 * EndChars) + separator.Length + 1));
        for (var i = count - 1; i >= 0; i--)
        {
            joined.Add(map, chosen[i], i == count - 1 ? "" : separator);
        }

        return joined;
    }

    /// <summary>Indices of the texts that a span touches.</summary>
    public List<int> Touched(TextSpan span)
    {
        List<int> touched = [];
        for (var i = 0; i < _pieces.Count; i++)
        {
            var end = i + 1 < _pieces.Count ? _pieces[i + 1].Start : _length;
            if (span.Start < end && span.End > _pieces[i].Start)
            {
                touched.Add(_pieces[i].Index);
            }
        }

        return touched;
    }

    public void Dispose()
    {
        Array.Clear(_buffer, 0, _length);
        ArrayPool<char>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private void Add(PromptMap map, int index, string separator)
    {
        Write(separator);
        _pieces.Add((index, _length));
        var text = map.TextOf(map.Parts[index]);
        if (text.Length <= 2 * EndChars)
        {
            Write(text);
            return;
        }

        Write(text[..EndChars]);
        Write("\n");
        Write(text[^EndChars..]);
    }

    private void Write(ReadOnlySpan<char> text)
    {
        text.CopyTo(_buffer.AsSpan(_length));
        _length += text.Length;
    }
}
