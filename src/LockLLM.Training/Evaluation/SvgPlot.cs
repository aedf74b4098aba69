using System.Globalization;
using System.Xml.Linq;

namespace LockLLM.Training.Evaluation;

/// <summary>A plot of lines over two axes, as SVG that any browser shows.</summary>
/// <param name="title">What is shown.</param>
/// <param name="x">The horizontal axis.</param>
/// <param name="y">The vertical axis.</param>
internal sealed class SvgPlot(string title, SvgAxis x, SvgAxis y)
{
    private const double Width = 720;
    private const double Height = 480;
    private const double Left = 64;
    private const double Right = 200;
    private const double Top = 44;
    private const double Bottom = 56;

    /// <summary>Colours that people with any colour vision tell apart (Okabe and Ito 2008).</summary>
    private static readonly string[] s_colours = ["#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";
    private readonly List<(string Name, bool Dashed, IReadOnlyList<(double X, double Y)> Points)> _lines = [];

    /// <summary>Adds a line; points outside the axes lie on their ends.</summary>
    public void Add(string name, IReadOnlyList<(double X, double Y)> points, bool dashed = false) => _lines.Add((name, dashed, points));

    public string ToSvg()
    {
        var root = new XElement(
            s_svg + "svg",
            new XAttribute("viewBox", Invariant($"0 0 {Width} {Height}")),
            new XAttribute("role", "img"),
            new XAttribute("font-family", "system-ui, sans-serif"),
            new XAttribute("font-size", 12),
            new XElement(s_svg + "title", title),
            new XElement(s_svg + "rect", new XAttribute("width", Width), new XAttribute("height", Height), new XAttribute("fill", "#ffffff")),
            Text(Left, 24, title, "start", "600"));
        foreach (var tick in x.Ticks)
        {
            root.Add(Line(Across(tick), Top, Across(tick), Height - Bottom), Text(Across(tick), Height - Bottom + 18, x.Format(tick), "middle"));
        }

        foreach (var tick in y.Ticks)
        {
            root.Add(Line(Left, Up(tick), Width - Right, Up(tick)), Text(Left - 8, Up(tick) + 4, y.Format(tick), "end"));
        }

        root.Add(Text((Left + Width - Right) / 2, Height - 14, x.Name, "middle"), Text(Left, Top - 6, y.Name, "start"));
        foreach (var (index, line) in _lines.Index())
        {
            var colour = s_colours[index % s_colours.Length];
            var label = Top + 12 + (index * 20);
            root.Add(
                new XElement(
                    s_svg + "polyline", new XAttribute("fill", "none"), new XAttribute("stroke", colour), new XAttribute("stroke-width", 2), Dashes(line.Dashed),
                    new XAttribute("points", string.Join(' ', line.Points.Select(point => Invariant($"{Across(point.X):F1},{Up(point.Y):F1}"))))),
                new XElement(
                    s_svg + "line", new XAttribute("stroke", colour), new XAttribute("stroke-width", 2), Dashes(line.Dashed),
                    new XAttribute("x1", Width - Right + 16), new XAttribute("x2", Width - Right + 40), new XAttribute("y1", label), new XAttribute("y2", label)),
                Text(Width - Right + 46, label + 4, line.Name, "start"));
        }

        return root.ToString();
    }

    private static XAttribute? Dashes(bool dashed) => dashed ? new XAttribute("stroke-dasharray", "5 4") : null;

    private double Across(double value) => Left + (x.Share(value) * (Width - Left - Right));

    private double Up(double value) => Height - Bottom - (y.Share(value) * (Height - Top - Bottom));

    private static XElement Line(double x1, double y1, double x2, double y2) => new(
        s_svg + "line", new XAttribute("stroke", "#dddddd"),
        new XAttribute("x1", Round(x1)), new XAttribute("y1", Round(y1)), new XAttribute("x2", Round(x2)), new XAttribute("y2", Round(y2)));

    private static XElement Text(double left, double top, string text, string anchor, string weight = "400") => new(
        s_svg + "text", new XAttribute("fill", "#333333"), new XAttribute("text-anchor", anchor), new XAttribute("font-weight", weight),
        new XAttribute("x", Round(left)), new XAttribute("y", Round(top)), text);

    private static string Round(double value) => value.ToString("F1", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}

/// <summary>An axis of a plot.</summary>
/// <param name="Name">What it measures.</param>
/// <param name="From">The value at its beginning.</param>
/// <param name="To">The value at its end.</param>
/// <param name="IsLogarithmic">Whether equal steps are equal factors.</param>
/// <param name="Ticks">Values that are marked.</param>
/// <param name="Format">How a marked value is written.</param>
internal sealed record SvgAxis(string Name, double From, double To, bool IsLogarithmic, IReadOnlyList<double> Ticks, Func<double, string> Format)
{
    /// <summary>Where a value lies, 0 at the beginning to 1 at the end.</summary>
    public double Share(double value)
    {
        var inside = Math.Clamp(value, From, To);
        return IsLogarithmic ? Math.Log(inside / From) / Math.Log(To / From) : (inside - From) / (To - From);
    }
}
