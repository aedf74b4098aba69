using LockLLM.Engine.Decoding;

namespace LockLLM.Engine.Tests.Decoding;

public sealed class InnocentTextTests
{
    public static TheoryData<string> Unchanged => [.. Innocent.Unchanged];

    public static TheoryData<string> Unreadable => [.. Innocent.Unreadable];

    [Theory]
    [MemberData(nameof(Unchanged))]
    public void Leaves_innocent_text_as_it_is(string text)
    {
        var decoded = Stages.Decode(text);
        Assert.Equal(text.Replace("\u200C", "", StringComparison.Ordinal), decoded.Shown());
        Assert.Equal(EncodingLayers.None, decoded.AllLayers());
    }

    [Theory]
    [MemberData(nameof(Unreadable))]
    public void Long_binary_matter_becomes_one_sign(string text) =>
        Assert.Equal($"see {Decoder.Unreadable} here", Stages.Decode($"see {text} here").Shown());

    [Fact]
    public void A_picture_in_a_data_url_becomes_one_sign() => Assert.Equal(
        $"data:image/png;base64,{Decoder.Unreadable}", Stages.Decode("data:image/png;base64," + Innocent.Unreadable[1]).Shown());

    [Fact]
    public void A_certificate_over_many_lines_becomes_one_sign()
    {
        var random = new Random(7);
        var bytes = new byte[480];
        random.NextBytes(bytes);
        var lines = Convert.ToBase64String(bytes).Chunk(64).Select(line => new string(line));
        var decoded = Stages.Decode("-----BEGIN CERTIFICATE-----\n" + string.Join('\n', lines) + "\n-----END CERTIFICATE-----").Shown();
        Assert.Equal($"-----BEGIN CERTIFICATE-----\n{Decoder.Unreadable}\n-----END CERTIFICATE-----", decoded);
    }

    [Fact]
    public void A_json_web_token_shows_its_claims_and_hides_its_signature()
    {
        const string Token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
            + "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
        var decoded = Stages.Decode("Bearer " + Token).Shown();
        Assert.Contains("\"name\":\"John Doe\"", decoded, StringComparison.Ordinal);
        Assert.DoesNotContain("SflK", decoded, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sign_for_unreadable_matter_cannot_be_forged()
    {
        Assert.Equal("a\uFFFDb", Stages.Decode("a\uE000b").Shown());
        Assert.Equal("a\uFFFDb", Stages.Decode("a\\ue000b").Shown());
    }
}
