using System.Buffers;
using LockLLM.Engine.Text;

namespace LockLLM.Engine.Normalization;

/// <summary>
/// First reading of a text: invisible characters go, hidden messages in tags and variation selectors come to light,
/// compatibility forms become plain characters (NFKC for each character, plus the composition of Hangul and kana).
/// Letters keep their case, which the decoders need.
/// </summary>
internal static class TextCleaner
{
    private static readonly SearchValues<char> PlainAscii =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Select(c => (char)c), '\t', '\n', '\r']);

    public static void Clean(MappedText source, MappedText target)
    {
        target.Clear();
        var chars = source.Chars;
        var pass = new CleaningPass(source, target);
        var at = 0;
        while (at < chars.Length)
        {
            var plain = chars[at..].IndexOfAnyExcept(PlainAscii);
            if (plain != 0)
            {
                plain = plain < 0 ? chars.Length - at : plain;
                pass.CopyPlain(at, plain);
                at += plain;
            }
            else
            {
                at = pass.ReadSpecial(at);
            }
        }

        pass.Finish();
    }
}
