using LockLLM.Training.Mutations;

namespace LockLLM.Engine.Tests.Decoding;

public sealed class Base64LayerTests
{
    [Theory]
    [InlineData("SGVsbG8gd29ybGQsIGhvdyBhcmU=", "Hello world, how are")]
    [InlineData("SGVsbG8gd29ybGQsIGhvdyBhcmU", "Hello world, how are")]
    [InlineData("x = 'SGVsbG8gd29ybGQsIGhvdyBhcmU=';", "x = 'Hello world, how are';")]
    [InlineData("text/SGVsbG8gd29ybGQsIGhvdyBhcmU=", "text/Hello world, how are")]
    [InlineData("SGVsbG8gd29y\nbGQsIGhvdyBh\ncmU=", "Hello world, how are")]
    [InlineData("SGVs bG8g d29y bGQs IGhv dyBh cmU=", "Hello world, how are")]
    [InlineData("SGVsbG8= d29ybGQ= YWdhaW4=", "Hello world again")]
    [InlineData("0YfRgtC+INC00LXQu9Cw0YLRjA==", "что делать")]
    public void Decodes(string text, string expected)
    {
        var decoded = Stages.Decode(text);
        Assert.Equal(expected, decoded.Shown());
        Assert.Equal(EncodingLayers.Base64, decoded.AllLayers());
    }

    [Fact]
    public void Decodes_a_last_line_that_looks_like_a_word()
    {
        const string Text = "حتى أين المدينة حتى المكتبة المكتبة أين المدينة المدينة المدينة";
        var lines = TextEncodings.Base64Lines(Text);
        Assert.EndsWith("\nhtip", lines, StringComparison.Ordinal);
        Assert.Equal(Text, Stages.Decode(lines).Shown());
        Assert.Equal("The letter is ready, the letter is sent, the stamp is on it. Lines\nThanks",
            Stages.Decode(TextEncodings.Base64Lines("The letter is ready, the letter is sent, the stamp is on it. Lines") + "\nThanks").Shown());
    }

    [Fact]
    public void Decodes_what_was_turned_round()
    {
        var decoded = Stages.Decode(LetterTricks.Reverse(TextEncodings.Base64("the weather is fine today")));
        Assert.Equal("the weather is fine today", decoded.Shown());
        Assert.Equal(EncodingLayers.Base64 | EncodingLayers.Reversed, decoded.AllLayers());
    }

    [Fact]
    public void Decodes_what_was_rotated()
    {
        var decoded = Stages.Decode(LetterTricks.Rotate(TextEncodings.Base64("the weather is fine today"), 13));
        Assert.Equal("the weather is fine today", decoded.Shown());
        Assert.Equal(EncodingLayers.Base64 | EncodingLayers.Rot13, decoded.AllLayers());
    }

    [Fact]
    public void Decodes_what_was_compressed()
    {
        var decoded = Stages.Decode(TextEncodings.GzipBase64("the weather is fine today"));
        Assert.Equal("the weather is fine today", decoded.Shown());
        Assert.Equal(EncodingLayers.Base64 | EncodingLayers.Gzip, decoded.AllLayers());
    }

    [Fact]
    public void Decodes_three_layers_and_names_them()
    {
        var inner = TextEncodings.Percent("the weather is fine today");
        var decoded = Stages.Decode(TextEncodings.Hex(TextEncodings.Base64(inner)));
        Assert.Equal("the weather is fine today", decoded.Shown());
        Assert.Equal(EncodingLayers.Hex | EncodingLayers.Base64 | EncodingLayers.Percent, decoded.AllLayers());
    }
}

public sealed class Base32LayerTests
{
    [Theory]
    [InlineData("JBSWY3DPEB3W64TMMQWCA2DPO4QGC4TF", "Hello world, how are")]
    [InlineData("jbswy3dpeb3w64tmmqwca2dpo4qgc4tf", "Hello world, how are")]
    [InlineData("JBSWY3DPEBSGKYLSEBTHE2LFNZSA====", "Hello dear friend")]
    public void Decodes(string text, string expected)
    {
        var decoded = Stages.Decode(text);
        Assert.Equal(expected, decoded.Shown());
        Assert.Equal(EncodingLayers.Base32, decoded.AllLayers());
    }
}

public sealed class HexLayerTests
{
    [Theory]
    [InlineData("48656c6c6f20776f726c64", "Hello world")]
    [InlineData("0x48656C6C6F20776F726C64", "Hello world")]
    [InlineData("48 65 6c 6c 6f 20 77 6f 72 6c 64", "Hello world")]
    [InlineData("48:65:6c:6c:6f:20:77:6f:72:6c:64", "Hello world")]
    [InlineData("0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x20, 0x77, 0x6f, 0x72, 0x6c, 0x64", "Hello world")]
    [InlineData("4865 6c6c 6f20 776f 726c 64", "Hello world")]
    [InlineData("say 48656c6c6f20776f726c64 now", "say Hello world now")]
    public void Decodes(string text, string expected)
    {
        var decoded = Stages.Decode(text);
        Assert.Equal(expected, decoded.Shown());
        Assert.Equal(EncodingLayers.Hex, decoded.AllLayers());
    }
}

public sealed class BinaryLayerTests
{
    [Theory]
    [InlineData("01001000 01100101 01101100 01101100 01101111", "Hello")]
    [InlineData("0100100001100101011011000110110001101111", "Hello")]
    [InlineData("1001000 1100101 1101100 1101100 1101111", "Hello")]
    [InlineData("bits: 01001000,01100101,01101100,01101100,01101111.", "bits: Hello.")]
    public void Decodes(string text, string expected)
    {
        var decoded = Stages.Decode(text);
        Assert.Equal(expected, decoded.Shown());
        Assert.Equal(EncodingLayers.Binary, decoded.AllLayers());
    }
}

public sealed class CharacterCodesLayerTests
{
    [Theory]
    [InlineData("72 101 108 108 111 32 116 104 101 114 101", "Hello there")]
    [InlineData("[72, 101, 108, 108, 111, 32, 116, 104, 101, 114, 101]", "[Hello there]")]
    [InlineData("110 145 154 154 157 040 164 150 145 162 145", "Hello there")]
    [InlineData("1095 1090 1086 32 1076 1077 1083 1072 1090 1100", "что делать")]
    public void Decodes(string text, string expected)
    {
        var decoded = Stages.Decode(text);
        Assert.Equal(expected, decoded.Shown());
        Assert.Equal(EncodingLayers.CharacterCodes, decoded.AllLayers());
    }
}

public sealed class MorseLayerTests
{
    [Theory]
    [InlineData(".... . .-.. .-.. --- / - .... . .-. .", "hello there")]
    [InlineData(".... . .-.. .-.. ---   - .... . .-. .", "hello there")]
    [InlineData("•••• • •−•• •−•• −−− | − •••• • •−• •", "hello there")]
    [InlineData("In code: .... . .-.. .-.. --- (a greeting)", "In code: hello (a greeting)")]
    public void Decodes(string text, string expected)
    {
        var decoded = Stages.Decode(text);
        Assert.Equal(expected, decoded.Shown());
        Assert.Equal(EncodingLayers.Morse, decoded.AllLayers());
    }

    [Theory]
    [InlineData("- a\n- b\n- c\n\n---\n\n| --- | :-: | --- |")]
    [InlineData("wait... what... no . . . . . end")]
    [InlineData("---------- .......... __________")]
    public void Leaves_rules_lists_and_ellipses(string text) => Assert.Equal(text, Stages.Decode(text).Shown());
}
