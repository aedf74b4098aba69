using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>
/// All text of one request, found in its body and labelled with whose words it is. The body itself stays as it came.
/// Holds the text in a pooled buffer that is wiped when it is given back.
/// </summary>
internal sealed class PromptMap : IDisposable
{
    private readonly PromptText _text;
    private readonly TextPart[] _parts;
    private readonly int _count;

    public PromptMap(PromptText text, TextPart[] parts, int count)
    {
        _text = text;
        _parts = parts;
        _count = count;
        NewestTurn = TextPart.Standing;
        foreach (var part in Parts)
        {
            if (part.Origin.IsUntrusted())
            {
                NewestTurn = Math.Max(NewestTurn, part.Turn);
            }
        }
    }

    /// <summary>In the order in which they stand in the body.</summary>
    public ReadOnlySpan<TextPart> Parts => _parts.AsSpan(0, _count);

    /// <summary>Unicode scalar values of all of them.</summary>
    public int Scalars => _text.Scalars;

    /// <summary>The last turn in which somebody other than the application and the model said something.</summary>
    public int NewestTurn { get; }

    /// <summary>The model that the body names.</summary>
    public string? Model { get; init; }

    /// <summary>Whether the caller asks for events as they come.</summary>
    public bool IsStream { get; init; }

    /// <summary>What could not be read.</summary>
    public UnscannedCounts Unscanned { get; init; }

    public ReadOnlySpan<char> TextOf(in TextPart part) => _text.Span.Slice(part.Start, part.Length);

    public bool IsNewest(in TextPart part) => part.Turn == TextPart.Standing || part.Turn == NewestTurn;

    /// <summary>The texts of both, those of the address first, of a request whose body this is. Takes their place.</summary>
    public PromptMap Behind(PromptMap address)
    {
        using (this)
        using (address)
        {
            var text = new PromptText(address._text.Span.Length + _text.Span.Length + 1);
            foreach (var map in (ReadOnlySpan<PromptMap>)[address, this])
            {
                map._text.Span.CopyTo(text.Rest);
                text.Written(map._text.Span.Length);
            }

            var offset = address._text.Span.Length;
            TextPart[] parts = [.. address.Parts, .. Parts];
            foreach (ref var part in parts.AsSpan(address._count))
            {
                part = part with { Start = part.Start + offset };
            }

            return new PromptMap(text, parts, parts.Length) { Model = Model, IsStream = IsStream, Unscanned = Unscanned };
        }
    }

    public void Dispose() => _text.Dispose();

    public override string ToString() => $"{_count} texts of {_text.Scalars} characters";
}
