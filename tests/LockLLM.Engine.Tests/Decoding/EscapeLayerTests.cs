namespace LockLLM.Engine.Tests.Decoding;

public sealed class PercentLayerTests
{
    [Theory]
    [InlineData("say%20hello%21", "say hello!")]
    [InlineData("caf%C3%A9", "café")]
    [InlineData("caf%E9 latin-1", "café latin-1")]
    [InlineData("%u0048%u0069", "Hi")]
    [InlineData("%2548%2569", "Hi")]
    [InlineData("100% sure, %zz %2", "100% sure, %zz %2")]
    public void Decodes(string text, string expected) => Assert.Equal(expected, Stages.Decode(text).Shown());

    [Fact]
    public void Each_character_keeps_its_own_place()
    {
        var decoded = Stages.Decode("a%C3%A9b");
        Assert.Equal([0, 1, 7], decoded.Starts.ToArray());
        Assert.Equal([1, 7, 8], decoded.Ends.ToArray());
        Assert.Equal(EncodingLayers.Percent, decoded.Layers[1]);
    }
}

public sealed class HtmlLayerTests
{
    [Theory]
    [InlineData("&#72;&#105;", "Hi")]
    [InlineData("&#72&#105", "Hi")]
    [InlineData("&#x48;&#X69;", "Hi")]
    [InlineData("&#0000072;&#128512;", "H😀")]
    [InlineData("&lt;b&gt; &amp; &eacute;&lpar;&NewLine;", "<b> & é(\n")]
    [InlineData("&#1114112; &#xD800; &unknown; & &; &copy=1 R&D", "&#1114112; &#xD800; &unknown; & &; &copy=1 R&D")]
    public void Decodes(string text, string expected) => Assert.Equal(expected, Stages.Decode(text).Shown());
}

public sealed class EscapesLayerTests
{
    [Theory]
    [InlineData("\\u0048\\u0069", "Hi")]
    [InlineData("\\\\u0048\\\\u0069", "Hi")]
    [InlineData("\\ud83d\\ude00", "😀")]
    [InlineData("\\u{48}\\u{1F600}", "H😀")]
    [InlineData("\\U00000048\\x69", "Hi")]
    [InlineData("\\xc3\\xa9t\\xc3\\xa9", "été")]
    [InlineData("\\110\\145\\154\\154\\157", "Hello")]
    [InlineData("a\\nb \\d+\\s C:\\101\\x \\u12 \\u{} \\U0011FFFF", "a\\nb \\d+\\s C:\\101\\x \\u12 \\u{} \\U0011FFFF")]
    public void Decodes(string text, string expected) => Assert.Equal(expected, Stages.Decode(text).Shown());
}

public sealed class QuotedPrintableLayerTests
{
    [Theory]
    [InlineData("caf=C3=A9", "café")]
    [InlineData("=48=65=6C=6C=6F", "Hello")]
    [InlineData("one long=\nline with a =3D sign", "one longline with a = sign")]
    [InlineData("a=10&b=20&c=3D", "a=10&b=20&c=3D")]
    public void Decodes(string text, string expected) => Assert.Equal(expected, Stages.Decode(text).Shown());
}
