using System.Globalization;
using System.Text;

namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>Content that reaches a model and holds no text that could be read here.</summary>
internal enum UnscannedKind
{
    Image,
    Audio,
    Video,

    /// <summary>PDF and other files that are no text.</summary>
    File,

    /// <summary>Something the provider or another server keeps: files, earlier answers, stored prompts, addresses.</summary>
    Reference,

    /// <summary>Text already turned into the model's tokens.</summary>
    Tokens,

    /// <summary>A whole body that is no JSON, such as an upload.</summary>
    Body,
}

/// <summary>How much of it, by kind.</summary>
internal struct UnscannedCounts
{
    private static readonly int s_kinds = Enum.GetValues<UnscannedKind>().Length;

    private int[]? _counts;

    /// <summary>A whole body.</summary>
    public static UnscannedCounts OfBody
    {
        get
        {
            var counts = default(UnscannedCounts);
            counts.Add(UnscannedKind.Body);
            return counts;
        }
    }

    public readonly bool Any => _counts is not null;

    public readonly int this[UnscannedKind kind] => _counts?[(int)kind] ?? 0;

    public void Add(UnscannedKind kind) => (_counts ??= new int[s_kinds])[(int)kind]++;

    /// <summary>As in the header: <c>image=2,file=1</c>; empty when there is none.</summary>
    public override readonly string ToString()
    {
        var words = new StringBuilder();
        for (var i = 0; i < (_counts?.Length ?? 0); i++)
        {
            if (_counts![i] > 0)
            {
                words.Append(words.Length > 0 ? "," : "").Append(((UnscannedKind)i).ToString().ToLowerInvariant())
                    .Append(CultureInfo.InvariantCulture, $"={_counts[i]}");
            }
        }

        return words.ToString();
    }
}
