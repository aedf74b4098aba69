using System.Runtime.CompilerServices;

namespace LockLLM.Engine.Text;

/// <summary>
/// A view of a submitted text after some disguises were undone. Every character knows which range of the original
/// it came from and which layers were undone to see it. Reused between scans; not thread-safe.
/// </summary>
internal sealed class MappedText
{
    private char[] _chars = [];
    private int[] _starts = [];
    private int[] _ends = [];
    private EncodingLayers[] _layers = [];

    public int Length { get; private set; }

    public ReadOnlySpan<char> Chars => _chars.AsSpan(0, Length);

    /// <summary>For each character the original position where its source begins.</summary>
    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, Length);

    /// <summary>For each character the original position after its source.</summary>
    public ReadOnlySpan<int> Ends => _ends.AsSpan(0, Length);

    public ReadOnlySpan<EncodingLayers> Layers => _layers.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Wipes the text; gives the memory back when it grew beyond <paramref name="keepCapacity"/> characters.</summary>
    public void Forget(int keepCapacity)
    {
        Length = 0;
        _chars.AsSpan().Clear();
        if (_chars.Length > keepCapacity)
        {
            (_chars, _starts, _ends, _layers) = ([], [], [], []);
        }
    }

    public void Load(ReadOnlySpan<char> text)
    {
        Clear();
        EnsureRoom(text.Length);
        text.CopyTo(_chars);
        for (var i = 0; i < text.Length; i++)
        {
            _starts[i] = i;
            _ends[i] = i + 1;
        }

        _layers.AsSpan(0, text.Length).Clear();
        Length = text.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(char character, int start, int end, EncodingLayers layers)
    {
        if (Length == _chars.Length)
        {
            EnsureRoom(1);
        }

        _chars[Length] = character;
        _starts[Length] = start;
        _ends[Length] = end;
        _layers[Length] = layers;
        Length++;
    }

    /// <summary>Lets the last character stand for more of the original than it did.</summary>
    public void WidenLast(char character, int end, EncodingLayers added)
    {
        _chars[Length - 1] = character;
        _ends[Length - 1] = Math.Max(_ends[Length - 1], end);
        _layers[Length - 1] |= added;
    }

    /// <summary>Copies characters of another view with their origin.</summary>
    public void Append(MappedText source, int from, int count, EncodingLayers added = EncodingLayers.None)
    {
        EnsureRoom(count);
        source._chars.AsSpan(from, count).CopyTo(_chars.AsSpan(Length));
        source._starts.AsSpan(from, count).CopyTo(_starts.AsSpan(Length));
        source._ends.AsSpan(from, count).CopyTo(_ends.AsSpan(Length));
        source._layers.AsSpan(from, count).CopyTo(_layers.AsSpan(Length));
        if (added != EncodingLayers.None)
        {
            foreach (ref var layers in _layers.AsSpan(Length, count))
            {
                layers |= added;
            }
        }

        Length += count;
    }

    /// <summary>Puts other characters in the place of a range of another view; each of them maps to the whole range.</summary>
    public void AppendInPlaceOf(MappedText source, int from, int count, ReadOnlySpan<char> text, EncodingLayers added)
    {
        var origin = source.Origin(from, from + count);
        var layers = source.LayersOf(from, from + count) | added;
        EnsureRoom(text.Length);
        text.CopyTo(_chars.AsSpan(Length));
        _starts.AsSpan(Length, text.Length).Fill(origin.Start);
        _ends.AsSpan(Length, text.Length).Fill(origin.End);
        _layers.AsSpan(Length, text.Length).Fill(layers);
        Length += text.Length;
    }

    /// <summary>The original range that the characters from <paramref name="from"/> to before <paramref name="to"/> came from.</summary>
    public TextSpan Origin(int from, int to)
    {
        if (from >= to)
        {
            var at = from < Length ? _starts[from] : Length == 0 ? 0 : _ends[Length - 1];
            return new TextSpan(at, at);
        }

        int start = int.MaxValue, end = 0;
        for (var i = from; i < to; i++)
        {
            start = Math.Min(start, _starts[i]);
            end = Math.Max(end, _ends[i]);
        }

        return new TextSpan(start, end);
    }

    /// <summary>All layers undone anywhere in a range.</summary>
    public EncodingLayers LayersOf(int from, int to)
    {
        var all = EncodingLayers.None;
        foreach (var layers in _layers.AsSpan(from, to - from))
        {
            all |= layers;
        }

        return all;
    }

    private void EnsureRoom(int count)
    {
        var needed = Length + count;
        if (needed <= _chars.Length)
        {
            return;
        }

        var capacity = Math.Max(needed, Math.Max(512, _chars.Length * 2));
        Array.Resize(ref _chars, capacity);
        Array.Resize(ref _starts, capacity);
        Array.Resize(ref _ends, capacity);
        Array.Resize(ref _layers, capacity);
    }
}
