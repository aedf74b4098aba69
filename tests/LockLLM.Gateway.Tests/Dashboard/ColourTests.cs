using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LockLLM.Gateway.Tests.Dashboard;

/// <summary>The tokens of the style sheet, as WCAG 2.2 wants them: 4.5 between text and what is behind it, 3 for borders of fields, the focus and charts.</summary>
public sealed partial class ColourTests : IDisposable
{
    private readonly GatewayFactory _gateway = new();

    public void Dispose() => _gateway.Dispose();

    [Theory]
    [InlineData(4.5, "text", "ground surface raised sunken accent-soft warn-soft")]
    [InlineData(4.5, "faint", "ground surface raised sunken accent-soft")]
    [InlineData(4.5, "accent", "ground surface raised sunken accent-soft")]
    [InlineData(4.5, "on-accent", "accent threat")]
    [InlineData(4.5, "threat", "surface raised sunken threat-soft")]
    [InlineData(4.5, "warn", "surface raised warn-soft")]
    [InlineData(4.5, "safe", "surface raised sunken safe-soft")]
    [InlineData(3, "edge", "surface raised")]
    [InlineData(3, "accent", "ground surface raised sunken")]
    [InlineData(3, "bar", "surface")]
    [InlineData(3, "chart-1", "surface")]
    [InlineData(3, "chart-2", "surface")]
    [InlineData(3, "chart-3", "surface")]
    [InlineData(3, "chart-4", "surface")]
    [InlineData(3, "chart-5", "surface")]
    [InlineData(3, "chart-6", "surface")]
    public async Task Colours_stand_out_in_both_themes(double least, string front, string behind)
    {
        using var client = _gateway.CreateClient();
        var tokens = Tokens().Matches(await client.GetStringAsync("/dashboard/assets/dashboard.css"))
            .ToDictionary(static match => match.Groups["name"].Value, static match => (Light: match.Groups["light"].Value, Dark: match.Groups["dark"].Value), StringComparer.Ordinal);
        var problems = new StringBuilder();
        foreach (var name in behind.Split(' '))
        {
            foreach (var (theme, contrast) in (ReadOnlySpan<(string, double)>)[("light", Contrast(tokens[front].Light, tokens[name].Light)), ("dark", Contrast(tokens[front].Dark, tokens[name].Dark))])
            {
                problems.Append(contrast < least ? string.Create(CultureInfo.InvariantCulture, $"{theme}: {front} on {name} is {contrast:F2}. ") : "");
            }
        }

        Assert.Equal("", problems.ToString());
    }

    private static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string colour)
    {
        double Part(int at)
        {
            var value = int.Parse(colour.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Part(0)) + (0.7152 * Part(2)) + (0.0722 * Part(4));
    }

    [GeneratedRegex(@"--(?<name>[\w-]+): light-dark\(#(?<light>[0-9a-f]{6}), #(?<dark>[0-9a-f]{6})\);", RegexOptions.ExplicitCapture)]
    private static partial Regex Tokens();
}
