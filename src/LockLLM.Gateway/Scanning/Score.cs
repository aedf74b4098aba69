using System.Globalization;

namespace LockLLM.Gateway.Scanning;

/// <summary>Scores on the wire: 0 to 100, one decimal, a point in every culture.</summary>
internal static class Score
{
    public static double Rounded(double score) => Math.Round(score, 1, MidpointRounding.AwayFromZero);

    public static string Header(double score) => Rounded(score).ToString(CultureInfo.InvariantCulture);
}
