using System.Text.RegularExpressions;
using LockLLM.Engine;
using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Tests.Proxy;

/// <summary>
/// A detector of one rule, for tests of what happens around it: <c>red</c> followed by <c>violet</c> is an attack. It passes
/// the known-answer test too.
/// </summary>
internal static partial class RuleDetector
{
    public static Verdict Judge(ReadOnlySpan<char> text, Trust trust)
    {
        List<Finding> findings = [];
        foreach (var match in Attack().EnumerateMatches(text))
        {
            findings.Add(new Finding(ThreatCategory.Injection, 99, new TextSpan(match.Index, match.Index + match.Length), EncodingLayers.None));
        }

        return new Verdict(findings.Count > 0 ? 99 : 1, findings, text.Length);
    }

    /// <summary>The same, noting what it is shown.</summary>
    public static Detector Noting(Action<string, Trust> note) => (text, trust) =>
    {
        note(text.ToString(), trust);
        return Judge(text, trust);
    };

    [GeneratedRegex(@"red\W*violet|Ignore all previous|Disregard everything|You are now|SWdub3Jl|<\||<start_of_turn>", RegexOptions.CultureInvariant)]
    private static partial Regex Attack();
}
