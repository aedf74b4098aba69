using CsCheck;
using LockLLM.Engine.Normalization;
using LockLLM.Engine.Text;
using LockLLM.Training.Mutations;

namespace LockLLM.Engine.Tests.Decoding;

/// <summary>What the encoders of the training project hide, the stages find.</summary>
public sealed class DisguiseTests
{
    // Morse code and the tag block have no letters but ASCII; the tricks with letters map only those.
    private static readonly HashSet<string> AsciiOnly = ["morse", "unicode tags", "octal codes", "unicode tags of base64"];

    // Read by a later stage, which knows languages.
    private static readonly HashSet<string> LeftToLanguageModel = ["base64 of rot13", "hex of base64 of rot13"];

    // A short word in base64 may look like another word, and then ends the row of words.
    private const string BestEffort = "base64 of each word";

    public static TheoryData<string> Encodings =>
        [.. Disguises.Encodings.Concat(Disguises.Nested).Select(d => d.Name).Where(n => n != BestEffort && !LeftToLanguageModel.Contains(n))];

    public static TheoryData<string> CharacterTricks => [.. Disguises.CharacterTricks.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Finds_sentences_of_any_language_in_an_encoding(string name)
    {
        var disguise = Find(name);
        var sentences = AsciiOnly.Contains(name) ? Samples.EnglishSentences : Samples.AnySentences;
        Gen.Select(sentences, Samples.CarrierFormats, Gen.Int).Sample(
            (sentence, carrier, seed) =>
            {
                var hidden = disguise.Apply(sentence, new Random(seed)).In(carrier);
                Assert.Contains(Folded(sentence), Stages.Read(hidden).Shown(), StringComparison.Ordinal);
            },
            iter: 200);
    }

    [Fact]
    public void Finds_most_sentences_whose_words_were_encoded_one_by_one()
    {
        var disguise = Find(BestEffort);
        var (found, tried) = (0, 0);
        Samples.EnglishSentences.Sample(
            sentence =>
            {
                tried++;
                found += Stages.Read(disguise.Apply(sentence, new Random(1))).Shown().Contains(Folded(sentence), StringComparison.Ordinal) ? 1 : 0;
            },
            iter: 300,
            threads: 1);
        Assert.InRange(found, tried * 6 / 10, tried);
    }

    [Theory]
    [MemberData(nameof(CharacterTricks))]
    public void Finds_sentences_behind_other_characters(string name)
    {
        var disguise = Find(name);
        Gen.Select(Samples.EnglishSentences, Samples.CarrierFormats, Gen.Int).Sample(
            (sentence, carrier, seed) =>
            {
                var hidden = disguise.Apply(sentence, new Random(seed)).In(carrier);
                Assert.Contains(Folded(sentence), Stages.Read(hidden).Shown(), StringComparison.Ordinal);
            },
            iter: 200);
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Keeps_the_words_around_an_encoded_text(string name)
    {
        var hidden = Find(name).Apply("the weather report for tomorrow says rain", new Random(1));
        var read = Stages.Read($"Please decode this: {hidden} and tell me more.").Shown();
        Assert.StartsWith("please decode this: ", read, StringComparison.Ordinal);
        Assert.EndsWith("and tell me more.", read, StringComparison.Ordinal);
    }

    [Fact]
    public void Maps_a_decoded_text_to_its_place()
    {
        const string Carrier = "Before it. ";
        var hidden = TextEncodings.Base64("the weather report for tomorrow");
        var read = Stages.Decode(Carrier + hidden + " After it.");
        var at = read.Shown().IndexOf("weather", StringComparison.Ordinal);
        Assert.Equal(new TextSpan(Carrier.Length, Carrier.Length + hidden.Length), read.Origin(at, at + 7));
        Assert.Equal(EncodingLayers.Base64, read.LayersOf(at, at + 7));
        Assert.Equal(EncodingLayers.None, read.LayersOf(0, 5));
    }

    private static Disguise Find(string name) => Disguises.All.First(d => d.Name == name);

    private static string Folded(string text)
    {
        var (source, target) = (new MappedText(), new MappedText());
        source.Load(text);
        CharacterFolder.Fold(source, target);
        return target.Shown();
    }
}
