using CsCheck;
using LockLLM.Engine.Decoding;
using LockLLM.Engine.Normalization;
using LockLLM.Engine.Text;
using LockLLM.Training.Mutations;

namespace LockLLM.Engine.Tests.Decoding;

public sealed class RobustnessTests
{
    private const int Length = 100_000;

    public static TheoryData<string, string> Adversaries => new()
    {
        { "one letter", new string('A', Length) },
        { "percent signs", new string('%', Length) },
        { "equals signs", new string('=', Length) },
        { "backslashes", new string('\\', Length) },
        { "ampersands", new string('&', Length) },
        { "dots", new string('.', Length) },
        { "dots apart", Repeat(". ") },
        { "digits", new string('7', Length) },
        { "bits", Repeat("01") },
        { "numbers", Repeat("73 ") },
        { "octal numbers", Repeat("111 147 ") },
        { "hex groups", Repeat("aaaaaaaaaaaaaaaa ") },
        { "hex pairs", Repeat("49 ") },
        { "hex prefixes", Repeat("0x") },
        { "letters of base64 that decode for ever", Repeat("QUFB") },
        { "short tokens", Repeat("QUFB ") },
        { "words", Repeat("abcd abcd efgh ") },
        { "growing words", string.Join(' ', Enumerable.Range(1, 440).Select(i => new string('a', i))) },
        { "shrinking words", string.Join(' ', Enumerable.Range(1, 440).Reverse().Select(i => new string('a', i))) },
        { "padding", Repeat("QQ== ") },
        { "entities without number", Repeat("&#") },
        { "one endless entity", "&#" + new string('1', Length) },
        { "unicode escapes of escapes", Repeat("\\u005c") },
        { "gzip heads", Repeat("H4sIAAAAAAAAAAAA ") },
        { "invisible characters", Repeat("\u200B") },
        { "variation selectors", Repeat("\uFE0F") },
        { "tags", Repeat("\U000E0041") },
        { "lone surrogates", Repeat("\uDB40") },
        { "marks", "a" + Repeat("\u0301") },
        { "look-alikes", Repeat("а") },
        { "look-alikes apart", Repeat("а ") },
        { "jamo", Repeat("\u1100\u1161\u11A8") },
        { "regional indicators", Repeat("\U0001F1E6 ") },
        { "ligatures that grow", Repeat("\uFDFA") },
        { "base64 lines", Repeat("QUFBQUFBQUFBQUFBQUFB\n") },
        { "mixed", Repeat("a1B2c3D4e5F6g7H8==%41&#65;\\x41=41 ") },
    };

    [Fact]
    public void Output_stays_within_its_budget()
    {
        var reader = new Reader();
        foreach (var (_, text) in Adversaries.Select(row => row.Data))
        {
            reader.Read(text);
            Assert.True(reader.Folded.Length <= (20 * text.Length) + (64 * 1024));
        }
    }

    [Fact]
    public void A_compressed_bomb_is_cut_off()
    {
        var bomb = TextEncodings.GzipBase64(new string('a', 50_000_000));
        var decoded = Stages.Decode(bomb);
        Assert.True(decoded.Length <= (4 * bomb.Length) + (256 * 1024));
    }

    [Fact]
    public void Never_throws_on_any_utf16() => Samples.AnyUtf16.Sample(text => { Stages.Read(text); }, iter: 3000);

    [Theory]
    [InlineData("ABCDEFabcdef0123456789")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_= \n")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567=")]
    [InlineData("01 ")]
    [InlineData("0123456789 ,;")]
    [InlineData(".-/ |\n")]
    [InlineData("%=\\xXuU{}0123456789abcdefABCDEF&#;")]
    public void Never_throws_on_random_text_of_an_alphabet(string alphabet) =>
        Samples.One(alphabet.ToCharArray()).Array[0, 400].Sample(chars => { Stages.Read(new string(chars)); }, iter: 1000);

    /// <summary>A layer that skips ahead must get ahead: runs of one sign, at the beginning and at the end, with a foreign one beside them.</summary>
    [Fact]
    public async Task Every_run_of_one_sign_comes_to_an_end()
    {
        var texts =
            from sign in Enumerable.Range('\t', '~' - '\t' + 1)
            from length in Enumerable.Range(1, 40)
            let run = new string((char)sign, length)
            from text in new[] { run, "\n" + run, run + "\uFF63", "\n" + run + "\uFF63", "\uFF63" + run + "a" }
            select text;
        await Task.Run(() => texts.ToList().ForEach(static text => Stages.Read(text)), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Never_throws_on_encoded_random_bytes() => Gen.Byte.Array[0, 200].Sample(
        bytes =>
        {
            Stages.Read(Convert.ToBase64String(bytes));
            Stages.Read(Convert.ToHexString(bytes));
            Stages.Read(Convert.ToBase64String([0x1F, 0x8B, 8, 0, .. bytes]));
            Stages.Read(Convert.ToBase64String([0x78, 0x9C, .. bytes]));
        },
        iter: 1000);

    [Fact]
    public void Plain_prose_allocates_nothing()
    {
        var reader = new Reader();
        reader.Read(Innocent.Prose);
        var before = GC.GetAllocatedBytesForCurrentThread();
        reader.Read(Innocent.Prose);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Text_that_no_stage_changes_maps_to_itself()
    {
        var decoded = Stages.Decode(Innocent.Prose);
        for (var i = 0; i < decoded.Length; i++)
        {
            Assert.Equal(i, decoded.Starts[i]);
            Assert.Equal(i + 1, decoded.Ends[i]);
        }
    }

    private static string Repeat(string piece) => string.Concat(Enumerable.Repeat(piece, Length / piece.Length));

    private sealed class Reader
    {
        private readonly MappedText _source = new();
        private readonly MappedText _cleaned = new();
        private readonly MappedText _decoded = new();
        private readonly Decoder _decoder = new();

        public MappedText Folded { get; } = new();

        public void Read(string text)
        {
            _source.Load(text);
            TextCleaner.Clean(_source, _cleaned);
            _decoder.Decode(_cleaned, _decoded);
            CharacterFolder.Fold(_decoded, Folded);
        }
    }
}
