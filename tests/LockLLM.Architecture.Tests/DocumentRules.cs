using System.Text.Json;
using System.Text.RegularExpressions;
using LockLLM.Engine;
using static LockLLM.Architecture.Tests.Loaded;

namespace LockLLM.Architecture.Tests;

/// <summary>Where documents repeat what code says, they say the same.</summary>
public partial class DocumentRules
{
    [Fact]
    public void The_readme_quotes_the_sample_that_is_built() =>
        Assert.Contains(Read("samples/EmbeddedEngine/Program.cs"), Read("README.md"), StringComparison.Ordinal);

    [Fact]
    public void The_page_on_detection_names_every_layer_and_category()
    {
        var page = Read("docs/detection.md");
        var names = Enum.GetNames<EncodingLayers>().Except([nameof(EncodingLayers.None)]).Concat(Enum.GetNames<ThreatCategory>());
        Assert.All(names, name => Assert.Contains($"`{JsonNamingPolicy.SnakeCaseLower.ConvertName(name)}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Links_between_pages_lead_somewhere()
    {
        string[] places = ["", "docs", "docs/decisions", "bench"];
        var pages = places.SelectMany(static place => Directory.GetFiles(Path.Combine(RepositoryRoot(), place), "*.md")).ToList();
        var dead = pages.SelectMany(static page => Link().Matches(File.ReadAllText(page)).Select(link => (Page: page, Target: link.Groups["target"].Value)))
            .Where(static link => !Path.Exists(Path.Combine(Path.GetDirectoryName(link.Page)!, link.Target)));
        Assert.True(pages.Count > 5);
        Assert.Empty(dead);
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(RepositoryRoot(), file));

    [GeneratedRegex(@"\]\((?<target>[^)#:]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
