using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;

namespace LockLLM.Training.Tests;

public class EvaluateTests(TrainedTwice trained)
{
    [Fact]
    public void The_table_shows_sets_categories_lengths_languages_and_time()
    {
        var run = TrainingRun.Of("evaluate", "--model", trained.First, "--data", trained.Folder.Combine("corpus", "held", "dev.jsonl"));
        Assert.Equal(0, run.ExitCode);
        foreach (var expected in new[] { "overall", "  dev ", "  jailbreak ", "  50-199 ", "  en ", "Calibration", "Scan time: p50", trained.Scanner.ModelChecksum })
        {
            Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_json_has_the_agreed_shape()
    {
        var report = Report("--data", trained.Folder.Combine("corpus"), trained.Folder.Combine("corpus", "held"));
        Assert.Equal(["dev", "train"], report.GetProperty("sets").EnumerateObject().Select(static set => set.Name));
        var overall = report.GetProperty("overall");
        Assert.Equal(240, overall.GetProperty("attacks").GetInt32());
        Assert.Equal(360, overall.GetProperty("benign").GetInt32());
        foreach (var group in report.GetProperty("sets").EnumerateObject().Select(static set => set.Value).Append(overall))
        {
            Assert.InRange(group.GetProperty("auc").GetDouble(), 0.9, 1);
            Assert.InRange(group.GetProperty("recall_at_1pct_fpr").GetDouble(), 0, 1);
            foreach (var sensitivity in new[] { "low", "medium", "high" })
            {
                Assert.InRange(group.GetProperty(sensitivity).GetProperty("recall").GetDouble(), 0, 1);
                Assert.InRange(group.GetProperty(sensitivity).GetProperty("fpr").GetDouble(), 0, 1);
            }
        }

        foreach (var figure in new[] { "p50_ms", "p99_ms", "per_1000_chars_ms" })
        {
            Assert.True(report.GetProperty("latency").GetProperty(figure).GetDouble() > 0);
        }
    }

    [Fact]
    public void A_figure_that_does_not_apply_is_left_out()
    {
        var file = trained.Folder.Write("innocent.jsonl", """{"text": "Good morning", "label": 0, "set": "greetings"}""");
        var greetings = Report("--data", file).GetProperty("sets").GetProperty("greetings");
        Assert.Equal(0, greetings.GetProperty("attacks").GetInt32());
        Assert.Equal(1, greetings.GetProperty("benign").GetInt32());
        Assert.False(greetings.TryGetProperty("auc", out _));
        Assert.False(greetings.TryGetProperty("recall_at_1pct_fpr", out _));
        Assert.False(greetings.GetProperty("medium").TryGetProperty("recall", out _));
        Assert.True(greetings.GetProperty("medium").TryGetProperty("fpr", out _));
    }

    [Fact]
    public void Only_the_rows_of_a_split_are_measured_when_one_is_named()
    {
        var report = Report("--split", "dev", "--data", trained.Folder.Combine("corpus"), trained.Folder.Combine("corpus", "held"));
        Assert.Equal(48, report.GetProperty("overall").GetProperty("attacks").GetInt32());
    }

    [Fact]
    public void The_pictures_show_a_line_for_all_attacks_and_one_for_each_category()
    {
        var folder = trained.Folder.Combine("pictures");
        Report("--pictures", folder, "--data", trained.Folder.Combine("corpus"));
        var roc = XDocument.Load(Path.Combine(folder, "roc.svg"));
        var labels = roc.Descendants().Where(static element => element.Name.LocalName == "text").Select(static element => element.Value).ToList();
        Assert.Superset(new HashSet<string> { "all", "injection", "jailbreak", "attacks found" }, labels.ToHashSet());
        Assert.All(Lines(roc), static line => Assert.True(IsRising(line)));
        Assert.Equal(2, Lines(XDocument.Load(Path.Combine(folder, "calibration.svg"))).Count());

        static IEnumerable<string> Lines(XDocument picture) => picture.Descendants().Where(static element => element.Name.LocalName == "polyline")
            .Select(static element => element.Attribute("points")!.Value);

        // The vertical axis of a picture points down.
        static bool IsRising(string points)
        {
            var heights = points.Split(' ').Select(static point => double.Parse(point.Split(',')[1], CultureInfo.InvariantCulture)).ToList();
            return heights.Count > 100 && heights.Zip(heights.Skip(1)).All(static pair => pair.Second <= pair.First);
        }
    }

    private JsonElement Report(params string[] arguments)
    {
        var json = trained.Folder.Combine("report.json");
        var run = TrainingRun.Of(["evaluate", "--model", trained.First, "--json", json, .. arguments]);
        Assert.True(run.ExitCode == 0, run.Errors);
        using var document = JsonDocument.Parse(File.ReadAllText(json));
        return document.RootElement.Clone();
    }
}
