using LockLLM.Engine.Network;

namespace LockLLM.Training.Learning;

/// <summary>How the loss of a batch changes with each weight, by the chain rule from the scores back to the word vectors.</summary>
internal sealed class NetworkGradients
{
    private const int Gap = NetworkShape.Reach;
    private const int WordSize = NetworkShape.WordSize;
    private const int Width = NetworkShape.Width;
    private const int Hidden = NetworkShape.Hidden;

    /// <summary>Rows whose products are summed at a time, few enough to stay in the cache.</summary>
    private const int Strip = 256;

    private readonly float[] _pooled = new float[2 * Width];
    private readonly float[] _poolGradient = new float[2 * Width];
    private readonly float[] _hidden = new float[Hidden];
    private readonly float[] _hiddenGradient = new float[Hidden];
    private readonly float[] _transposed = new float[Width * Width];
    private float[] _output = [];
    private float[] _input = [];

    /// <summary>By dense weights.</summary>
    public float[] Dense { get; } = new float[DenseWeights.Count];

    /// <summary>By word vectors, for the rows of the batch.</summary>
    public float[] Words => _input;

    /// <summary>The sum of the losses of the batch, weighted.</summary>
    public double Loss { get; private set; }

    public void Compute(NetworkWeights weights, NetworkBatch batch)
    {
        Array.Clear(Dense);
        Loss = 0;
        var size = batch.Rows * Width;
        if (_output.Length < size)
        {
            _output = new float[size + (size / 4)];
            _input = new float[_output.Length];
        }

        Array.Clear(_output, 0, size);
        for (var text = 0; text < batch.Texts; text++)
        {
            FromScores(weights, batch, text);
        }

        for (var layer = NetworkShape.Dilations.Length - 1; layer >= 0; layer--)
        {
            ThroughLayer(weights, batch, layer);
            (_output, _input) = (_input, _output);
        }

        // The last swap left the gradients of word vectors in the other one.
        (_output, _input) = (_input, _output);
    }

    private void FromScores(NetworkWeights weights, NetworkBatch batch, int text)
    {
        Span<int> maximumRows = stackalloc int[Width];
        var target = batch.Targets[text];
        var window = batch.WorstWindow(weights, text, target.Head, target.WideOnly);
        batch.Pool(window, _pooled, maximumRows);
        var (user, document) = NetworkBatch.Score(weights, _pooled, _hidden);
        Span<float> errors = [Error(user, target.UserWeight), Error(document, target.DocumentWeight)];

        var output = weights.Dense.AsSpan(DenseWeights.Output);
        var outputGradient = Dense.AsSpan(DenseWeights.Output);
        _hiddenGradient.AsSpan().Clear();
        for (var head = 0; head < NetworkShape.Outputs; head++)
        {
            Dense[DenseWeights.OutputBias.Start.Value + head] += errors[head];
            Matrix.AddScaled(_hidden, errors[head], outputGradient.Slice(head * Hidden, Hidden));
            Matrix.AddScaled(output.Slice(head * Hidden, Hidden), errors[head], _hiddenGradient);
        }

        var pool = weights.Dense.AsSpan(DenseWeights.Pool);
        var poolGradient = Dense.AsSpan(DenseWeights.Pool);
        for (var i = 0; i < Hidden; i++)
        {
            _hiddenGradient[i] = _hidden[i] > 0 ? _hiddenGradient[i] : 0;
        }

        Matrix.AddScaled(_hiddenGradient, 1, Dense.AsSpan(DenseWeights.PoolBias));
        for (var i = 0; i < _pooled.Length; i++)
        {
            Matrix.AddScaled(_hiddenGradient, _pooled[i], poolGradient.Slice(i * Hidden, Hidden));
            _poolGradient[i] = NetworkLearner.Dot(_hiddenGradient, pool.Slice(i * Hidden, Hidden));
        }

        var (from, to) = batch.RowsOf(window);
        var share = 1f / (to - from);
        for (var row = from; row < to; row++)
        {
            Matrix.AddScaled(_poolGradient.AsSpan(Width), share, _output.AsSpan(row * Width, Width));
        }

        for (var i = 0; i < Width; i++)
        {
            _output[(maximumRows[i] * Width) + i] += _poolGradient[i];
        }

        float Error(float score, float weight)
        {
            var probability = 1f / (1f + MathF.Exp(-score));
            Loss += weight * -((target.Label * Math.Log(probability)) + ((1 - target.Label) * Math.Log(1 - probability)));
            return (probability - target.Label) * weight;
        }
    }

    private void ThroughLayer(NetworkWeights weights, NetworkBatch batch, int layer)
    {
        var size = NetworkShape.LayerInput(layer);
        var rows = batch.Rows - (2 * Gap);
        var input = layer == 0 ? batch.Input : batch.Outputs[layer - 1];
        var filtered = batch.Filtered[layer];
        var bias = Dense.AsSpan(DenseWeights.FilterBias(layer));

        // What the input adds to the output directly.
        if (layer > 0)
        {
            _output.AsSpan(0, batch.Rows * Width).CopyTo(_input);
        }
        else
        {
            Array.Clear(_input, 0, batch.Rows * size);
        }

        for (var i = 0; i < batch.Rows * Width; i++)
        {
            _output[i] = filtered[i] > 0 ? _output[i] : 0;
        }

        for (var row = 0; row < batch.Rows; row++)
        {
            Matrix.AddScaled(_output.AsSpan(row * Width, Width), 1, bias);
        }

        for (var tap = 0; tap < NetworkShape.Taps; tap++)
        {
            var shift = (tap - 1) * NetworkShape.Dilations[layer];
            var filter = DenseWeights.Filter(layer, tap);
            for (var strip = 0; strip < rows; strip += Strip)
            {
                Matrix.AddProduct(input.AsSpan((Gap + shift + strip) * size), 1, size, _output.AsSpan((Gap + strip) * Width), Width, Dense.AsSpan(filter), Width, size, Math.Min(Strip, rows - strip), Width);
            }

            Transpose(weights.Dense.AsSpan(filter), size, Width);
            Matrix.AddProduct(_output.AsSpan(Gap * Width), Width, 1, _transposed, size, _input.AsSpan((Gap + shift) * size), size, rows, Width, size);
        }
    }

    private void Transpose(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                _transposed[(column * rows) + row] = matrix[(row * columns) + column];
            }
        }
    }
}
