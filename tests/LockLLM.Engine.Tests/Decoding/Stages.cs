using LockLLM.Engine.Decoding;
using LockLLM.Engine.Normalization;
using LockLLM.Engine.Text;

namespace LockLLM.Engine.Tests.Decoding;

/// <summary>Runs the stages of reading and checks after each that positions lead back to the original.</summary>
internal static class Stages
{
    public static MappedText Clean(string text)
    {
        var (source, target) = (Load(text), new MappedText());
        TextCleaner.Clean(source, target);
        AssertMapped(text, target);
        return target;
    }

    public static MappedText Decode(string text)
    {
        var decoded = new MappedText();
        new Decoder().Decode(Clean(text), decoded);
        AssertMapped(text, decoded);
        return decoded;
    }

    public static MappedText Fold(string text)
    {
        var folded = new MappedText();
        CharacterFolder.Fold(Load(text), folded);
        AssertMapped(text, folded);
        return folded;
    }

    public static MappedText Read(string text)
    {
        var folded = new MappedText();
        CharacterFolder.Fold(Decode(text), folded);
        AssertMapped(text, folded);
        return folded;
    }

    public static string Shown(this MappedText text) => text.Chars.ToString();

    public static EncodingLayers AllLayers(this MappedText text) => text.LayersOf(0, text.Length);

    private static MappedText Load(string text)
    {
        var source = new MappedText();
        source.Load(text);
        return source;
    }

    private static void AssertMapped(string original, MappedText text)
    {
        var last = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var (start, end) = (text.Starts[i], text.Ends[i]);
            Assert.True(start >= 0 && start < end && end <= original.Length, $"character {i} maps to {start}..{end} of {original.Length}");
            Assert.True(start >= last, $"character {i} maps to {start}, the one before to {last}");
            last = start;
        }
    }
}
