using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>Texts of the user's that stand in no JSON, while they are found.</summary>
internal sealed class UserTexts(int capacity) : IDisposable
{
    private readonly PromptText _text = new(capacity);
    private readonly List<TextPart> _parts = [];

    public bool Any => _parts.Count > 0;

    /// <summary>Room for the next one.</summary>
    public Span<char> Rest => _text.Rest;

    /// <summary>Takes so many characters of <see cref="Rest"/> as a text, unless they are blank or a switch.</summary>
    public void Take(int length)
    {
        var text = _text.Rest[..length];
        if (text.Trim().IsEmpty || BodyReader.IsSwitch(text))
        {
            return;
        }

        var (start, scalars) = (_text.Span.Length, _text.Scalars);
        _text.Written(length);
        _parts.Add(new TextPart(TextOrigin.User, TextPart.Standing, start, length, _text.Scalars - scalars, BodyStart: 0, BodyLength: 0));
    }

    /// <summary>What was found; the map holds the buffer from now on.</summary>
    public PromptMap ToMap(UnscannedCounts unscanned, string? model = null, bool isStream = false) =>
        new(_text, [.. _parts], _parts.Count) { Unscanned = unscanned, Model = model, IsStream = isStream };

    public void Dispose() => _text.Dispose();
}
