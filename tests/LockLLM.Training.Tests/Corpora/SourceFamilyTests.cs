using LockLLM.Training.Corpora;

namespace LockLLM.Training.Tests.Corpora;

public class SourceFamilyTests
{
    [Theory]
    [InlineData("owner/name:folder/file.csv", "owner/name")]
    [InlineData("owner/name", "owner/name")]
    [InlineData("authored:direct", "authored:direct")]
    [InlineData("synthetic:grammar-en.txt", "synthetic:mixed")]
    [InlineData("Josh-blythe/bordair-multimodal-v1:external/llmail_inject.json", "llmail-inject")]
    [InlineData("Josh-blythe/bordair-multimodal-v1:payloads/cross_modal/a.json", "bordair:payloads/cross_modal")]
    [InlineData("Josh-blythe/bordair-multimodal-v1:payloads/a.json", "bordair:payloads")]
    [InlineData("Josh-blythe/bordair-multimodal-v1:benign/v5_text_only/a.json (WildChat)", "bordair:WildChat")]
    [InlineData("Josh-blythe/bordair-multimodal-v1:benign/v5_text_only/a.json", "bordair:benign")]
    public void A_source_belongs_to_a_family(string source, string family) =>
        Assert.Equal(family, SourceFamily.Of(new CorpusRow { Text = "", Label = 0, Source = source, Made = "mixed" }));

    [Fact]
    public void Without_a_source_the_set_is_the_family()
    {
        Assert.Equal("letters", SourceFamily.Of(new CorpusRow { Text = "", Label = 0, Set = "letters" }));
        Assert.Equal("unknown", SourceFamily.Of(new CorpusRow { Text = "", Label = 0 }));
    }
}
