using System.Text.RegularExpressions;
using static LockLLM.Architecture.Tests.Loaded;

namespace LockLLM.Architecture.Tests;

/// <summary>What no analyzer sees.</summary>
public partial class SourceRules
{
    [Fact]
    public void Nothing_is_left_for_later()
    {
        var files = Directory.EnumerateFiles(Path.Combine(RepositoryRoot(), "src"), "*.cs", SearchOption.AllDirectories).ToList();
        var found = files.SelectMany(static file => File.ReadLines(file).Select((line, i) => (Line: line, Place: $"{file}:{i + 1}")))
            .Where(static source => Placeholder().IsMatch(source.Line))
            .Select(static source => source.Place);
        Assert.NotEmpty(files);
        Assert.Empty(found);
    }

    [Theory]
    [InlineData("throw new NotImplementedException();")]
    [InlineData("// TODO: the rest")]
    [InlineData("// In a real system this would ask the database.")]
    public void A_placeholder_is_recognised(string line) => Assert.Matches(Placeholder(), line);

    [GeneratedRegex(@"NotImplementedException|\b(TODO|FIXME|HACK|XXX)\b|(?i:in a real (system|implementation|application)|for demonstration purposes|simplified version)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();
}
