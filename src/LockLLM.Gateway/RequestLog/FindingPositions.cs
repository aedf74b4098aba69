using System.Globalization;
using System.Text;
using LockLLM.Contracts.Scan;

namespace LockLLM.Gateway.RequestLog;

/// <summary>
/// Where in a text attacks were found, as one field of a record: numbers and words of lists, such as
/// <c>tool_result 812 jailbreak:12-40:98.2 obfuscation:50-90:97:base64+rot13</c>.
/// </summary>
/// <param name="Origin">Whose words the text is.</param>
/// <param name="Length">Of that text, in Unicode scalar values, as positions are.</param>
internal sealed record FindingPositions(string Origin, int Length, IReadOnlyList<ScanThreat> Threats)
{
    private const string Submitted = "input";

    /// <summary>Null where nothing was found.</summary>
    public static string? Write(IReadOnlyList<ScanThreat>? threats, int length)
    {
        if (threats is not { Count: > 0 })
        {
            return null;
        }

        var written = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{threats[0].Origin ?? Submitted} {length}");
        foreach (var threat in threats)
        {
            written.Append(CultureInfo.InvariantCulture, $" {threat.Category}:{threat.Start}-{threat.End}:{threat.Score}");
            if (threat.Encoding is { } encoding)
            {
                written.Append(':').Append(encoding);
            }
        }

        return written.ToString();
    }

    /// <summary>Null where there is nothing, or nothing of this form.</summary>
    public static FindingPositions? Read(string? written)
    {
        if (written?.Split(' ') is not [var origin, var length, .. var entries] || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var scalars))
        {
            return null;
        }

        var threats = new List<ScanThreat>(entries.Length);
        foreach (var entry in entries)
        {
            if (entry.Split(':') is [var category, var place, var score, .. var encoding]
                && place.Split('-') is [var start, var end]
                && int.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
                && int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var to)
                && double.TryParse(score, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var risk))
            {
                threats.Add(new ScanThreat(category, risk, from, to, encoding.FirstOrDefault()) { Origin = origin == Submitted ? null : origin });
            }
        }

        return new FindingPositions(origin, scalars, threats);
    }
}
