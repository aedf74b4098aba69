using System.Runtime.CompilerServices;
using LockLLM.Engine.Features;
using LockLLM.Engine.Models;
using LockLLM.Engine.Network;

namespace LockLLM.Engine.Detection;

/// <summary>
/// Judges canonical text window by window with both models: the network, which knows words in their surroundings, and the linear
/// model, which knows letters and phrases. Training calibrates with this code too. Not thread-safe: it keeps its buffers.
/// </summary>
internal sealed class WindowJudge(InjectionModel model)
{
    /// <summary>Characters whose features are summed while they are still in the processor's cache.</summary>
    private const int PieceLength = 2048;

    private readonly FeatureExtractor _features = new();
    private readonly NetworkPass _network = new(model.Network);
    private readonly List<NetworkWindow> _networkWindows = [];
    private readonly List<JudgedWindow> _windows = [];

    // For each character, and once before the first, how many features there were and the sum of their weights.
    private int[] _counts = [];
    private int[] _sums = [];
    private int _length;

    /// <summary>The windows of the text judged last.</summary>
    public IReadOnlyList<JudgedWindow> Windows => _windows;

    /// <summary>For each character, and once before the first, the linear model's features up to it.</summary>
    public ReadOnlySpan<int> Counts => _counts;

    /// <summary>The same for the sum of their weights. It may wrap; differences stay right.</summary>
    public ReadOnlySpan<int> Sums => _sums;

    /// <summary>Judges a text.</summary>
    /// <returns>The raw score of its worst window, log odds; negative infinity for no text.</returns>
    public float Judge(ReadOnlySpan<char> text, int head)
    {
        _windows.Clear();
        var worst = float.NegativeInfinity;
        if (text.IsEmpty)
        {
            return worst;
        }

        SumFeatures(text, head);
        _network.Run(text, head, _networkWindows);
        foreach (var window in _networkWindows)
        {
            var raw = window.Score + WorstLinear(window, text.Length, model.Heads[head]);
            _windows.Add(new JudgedWindow(window.From, window.To, window.Kind, raw));
            worst = Math.Max(worst, raw);
        }

        return worst;
    }

    /// <summary>Wipes the text; gives memory back that grew beyond <paramref name="keepCapacity"/> characters.</summary>
    public void Forget(int keepCapacity)
    {
        _features.Forget(keepCapacity);
        _network.Forget(keepCapacity);
        _windows.Clear();
        _networkWindows.Clear();
        if (_sums.Length > keepCapacity)
        {
            (_counts, _sums) = ([], []);
        }
        else
        {
            _counts.AsSpan(0, Math.Min(_counts.Length, _length + 1)).Clear();
            _sums.AsSpan(0, Math.Min(_sums.Length, _length + 1)).Clear();
        }

        _length = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SumFeatures(ReadOnlySpan<char> text, int head)
    {
        if (_sums.Length <= text.Length)
        {
            _counts = new int[Math.Max(1024, text.Length + (text.Length / 4))];
            _sums = new int[_counts.Length];
        }

        _length = Math.Max(_length, text.Length);
        var (count, sum) = (0, 0);
        _features.Begin();
        for (int from = 0, to; from < text.Length; from = to)
        {
            to = Math.Min(text.Length, from + PieceLength);
            _features.Read(text[from..to], isLast: to == text.Length);
            sum = model.Accumulate(_features.Indices, _features.Ends, head, sum, _sums.AsSpan(from + 1));
            for (var i = from; i < to; i++)
            {
                _counts[i + 1] = count + _features.Ends[i - from];
            }

            count += _features.Count;
        }
    }

    /// <summary>The highest score that the linear model gives to one of its windows in the middle of this one.</summary>
    private float WorstLinear(NetworkWindow window, int length, ModelHead head)
    {
        var worst = float.NegativeInfinity;
        for (var w = 0; w < TextWindows.Widths.Length; w++)
        {
            var width = TextWindows.Widths[w];
            if (w > 0 && length <= width)
            {
                break;
            }

            var count = TextWindows.Count(length, width);
            for (var number = Math.Max(0, (window.From / (width / 2)) - 2); number < count; number++)
            {
                var (from, to) = TextWindows.Range(number, length, width);
                var middle = (from + to) / 2;
                if (middle >= window.To)
                {
                    break;
                }

                worst = middle >= window.From ? Math.Max(worst, Linear(from, to, head, w)) : worst;
            }
        }

        // A window too short to hold the middle of one.
        return float.IsFinite(worst) ? worst : Linear(window.From, window.To, head, TextWindows.Widths.Length - 1);
    }

    private float Linear(int from, int to, ModelHead head, int width) =>
        head.Biases[width] + ((_sums[to] - _sums[from]) * head.Scale * LinearScale.Of(_counts[to] - _counts[from]));
}

/// <summary>A window of canonical text and its score.</summary>
/// <param name="From">The character at which it begins.</param>
/// <param name="To">The character after its last.</param>
/// <param name="Kind">Which of <see cref="NetworkShape.WindowBlocks"/>: a higher one is narrower.</param>
/// <param name="Raw">Log odds of both models together.</param>
internal readonly record struct JudgedWindow(int From, int To, int Kind, float Raw);
