using System.Numerics;
using System.Runtime.CompilerServices;

namespace LockLLM.Engine.Network;

/// <summary>
/// Puts a text through the network, some words at a time so that everything stays in the processor's cache, and scores its
/// windows. Not thread-safe: it keeps its buffers.
/// </summary>
internal sealed class NetworkPass(SentenceNetwork network)
{
    private const int Width = NetworkShape.Width;

    /// <summary>Words whose outputs are computed together, a whole number of blocks.</summary>
    private const int ChunkWords = 16 * NetworkShape.BlockWords;

    /// <summary>Words whose vectors are fetched ahead of their turn.</summary>
    private const int Ahead = 3;

    /// <summary>Words read for these: those on both sides bear on them.</summary>
    private const int WordsRead = ChunkWords + (2 * NetworkShape.Sight);

    /// <summary>Rows of these words and of the zeros around them.</summary>
    private const int Rows = FilterLayer.RowsBefore + WordsRead + FilterLayer.RowsAfter;

    private readonly WordReader _words = new();
    private readonly float[] _input = new float[Rows * NetworkShape.WordSize];
    private readonly float[] _first = new float[Rows * Width];
    private readonly float[] _second = new float[Rows * Width];
    private readonly FilterBuffers _buffers = new();
    private readonly float[] _pooled = new float[SentenceNetwork.MaxWindows * 2 * Width];
    private float[] _blocks = [];
    private int _rowsUsed;

    /// <summary>Blocks of the text read last.</summary>
    private int Blocks => (_words.Count + NetworkShape.BlockWords - 1) / NetworkShape.BlockWords;

    /// <summary>Wipes the text; gives memory back that grew beyond <paramref name="keepCapacity"/> characters.</summary>
    public void Forget(int keepCapacity)
    {
        _words.Forget(keepCapacity);
        _input.AsSpan(0, _rowsUsed * NetworkShape.WordSize).Clear();
        _first.AsSpan(0, _rowsUsed * Width).Clear();
        _second.AsSpan(0, _rowsUsed * Width).Clear();
        _pooled.AsSpan().Clear();
        _buffers.Clear();
        _rowsUsed = 0;
        if (_blocks.Length > keepCapacity)
        {
            _blocks = [];
        }
        else
        {
            _blocks.AsSpan().Clear();
        }
    }

    /// <summary>Reads canonical text and scores its windows.</summary>
    /// <param name="windows">Cleared, then filled: the windows of each length in the order of the text. None for a text without words.</param>
    public void Run(ReadOnlySpan<char> text, int head, List<NetworkWindow> windows)
    {
        windows.Clear();
        _words.Read(text);
        if (_words.Count == 0)
        {
            return;
        }

        var blocks = Blocks;
        if (_blocks.Length < blocks * 2 * Width)
        {
            _blocks = new float[Math.Max(blocks, 16) * 2 * Width];
        }

        for (var from = 0; from < _words.Count; from += ChunkWords)
        {
            ReadChunk(from, Math.Min(_words.Count, from + ChunkWords));
        }

        for (var kind = 0; kind < NetworkShape.WindowBlocks.Length; kind++)
        {
            var length = NetworkShape.WindowBlocks[kind];
            if (kind > 0 && blocks <= length)
            {
                break;
            }

            for (var number = 0; number < NetworkShape.Windows(blocks, length); number++)
            {
                var (first, last) = NetworkShape.Window(number, blocks, length);
                PoolBlocks(first, last, _pooled.AsSpan(windows.Count % SentenceNetwork.MaxWindows * 2 * Width, 2 * Width));
                windows.Add(new NetworkWindow(CharacterAt(first), CharacterAt(last), kind, Score: 0));
                if (windows.Count % SentenceNetwork.MaxWindows == 0)
                {
                    Score(windows, SentenceNetwork.MaxWindows, head);
                }
            }
        }

        Score(windows, windows.Count % SentenceNetwork.MaxWindows, head);
    }

    /// <summary>Scores the last so many windows.</summary>
    private void Score(List<NetworkWindow> windows, int count, int head)
    {
        Span<float> scores = stackalloc float[count];
        network.Score(_pooled.AsSpan(0, count * 2 * Width), head, scores);
        for (var i = 0; i < count; i++)
        {
            var at = windows.Count - count + i;
            windows[at] = windows[at] with { Score = scores[i] };
        }
    }

    private int CharacterAt(int block) => _words.Starts[Math.Min(_words.Count, block * NetworkShape.BlockWords)];

    private void ReadChunk(int from, int to)
    {
        var first = Math.Max(0, from - NetworkShape.Sight);
        var last = Math.Min(_words.Count, to + NetworkShape.Sight);
        var words = last - first;
        _rowsUsed = Math.Max(_rowsUsed, FilterLayer.RowsBefore + words + FilterLayer.RowsAfter);
        _input.AsSpan(0, FilterLayer.RowsBefore * NetworkShape.WordSize).Clear();
        for (var word = first; word < last; word++)
        {
            if (word + Ahead < last)
            {
                network.Fetch(_words.SlotsOf(word + Ahead));
            }

            network.ReadWord(_words.SlotsOf(word), _input.AsSpan((FilterLayer.RowsBefore + word - first) * NetworkShape.WordSize, NetworkShape.WordSize));
        }

        _input.AsSpan((FilterLayer.RowsBefore + words) * NetworkShape.WordSize, FilterLayer.RowsAfter * NetworkShape.WordSize).Clear();
        var (input, output) = (_input, _first);
        foreach (var layer in network.Layers)
        {
            layer.Run(input, output, words, _buffers);
            (input, output) = (output, ReferenceEquals(output, _first) ? _second : _first);
        }

        for (var word = from; word < to; word += NetworkShape.BlockWords)
        {
            PoolBlock(input, word - first + FilterLayer.RowsBefore, Math.Min(to, word + NetworkShape.BlockWords) - word, word / NetworkShape.BlockWords);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PoolBlock(float[] output, int firstRow, int rows, int block)
    {
        var maxima = _blocks.AsSpan(block * 2 * Width, Width);
        var sums = _blocks.AsSpan(((block * 2) + 1) * Width, Width);
        output.AsSpan(firstRow * Width, Width).CopyTo(maxima);
        output.AsSpan(firstRow * Width, Width).CopyTo(sums);
        for (var row = firstRow + 1; row < firstRow + rows; row++)
        {
            var values = output.AsSpan(row * Width, Width);
            Raise(maxima, values);
            Matrix.AddScaled(values, 1, sums);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PoolBlocks(int from, int to, Span<float> pooled)
    {
        var maxima = pooled[..Width];
        var means = pooled[Width..];
        means.Clear();
        maxima.Fill(float.NegativeInfinity);
        var words = Math.Min(_words.Count, to * NetworkShape.BlockWords) - (from * NetworkShape.BlockWords);
        for (var block = from; block < to; block++)
        {
            Raise(maxima, _blocks.AsSpan(block * 2 * Width, Width));
            Matrix.AddScaled(_blocks.AsSpan(((block * 2) + 1) * Width, Width), 1f / words, means);
        }
    }

    private static void Raise(Span<float> maxima, ReadOnlySpan<float> values)
    {
        for (var i = 0; i < Width; i += Vector<float>.Count)
        {
            Vector.MaxNative(new Vector<float>(maxima[i..]), new Vector<float>(values[i..])).CopyTo(maxima[i..]);
        }
    }
}

/// <summary>A window of a text and its score.</summary>
/// <param name="From">Character of the canonical text at which it begins.</param>
/// <param name="To">Character after its last.</param>
/// <param name="Kind">Which of <see cref="NetworkShape.WindowBlocks"/>.</param>
/// <param name="Score">Log odds.</param>
internal readonly record struct NetworkWindow(int From, int To, int Kind, float Score);
