using System.Collections.Frozen;
using System.Net;
using System.Text;

namespace LockLLM.Engine.Decoding;

/// <summary>HTML character references: decimal and hexadecimal, with or without the semicolon, and named ones with it.</summary>
internal sealed class HtmlLayer : Layer
{
    private const int LongestName = 10;

    // What HTML 5 added and hides ASCII; the 252 names of HTML 4 come from the class library.
    private static readonly FrozenDictionary<string, char> Names = new Dictionary<string, char>(StringComparer.Ordinal)
    {
        ["Tab"] = '\t', ["NewLine"] = '\n', ["excl"] = '!', ["QUOT"] = '"', ["num"] = '#', ["dollar"] = '$', ["percnt"] = '%',
        ["AMP"] = '&', ["apos"] = '\'', ["lpar"] = '(', ["rpar"] = ')', ["ast"] = '*', ["plus"] = '+', ["comma"] = ',',
        ["period"] = '.', ["sol"] = '/', ["colon"] = ':', ["semi"] = ';', ["LT"] = '<', ["equals"] = '=', ["GT"] = '>',
        ["quest"] = '?', ["commat"] = '@', ["lbrack"] = '[', ["lsqb"] = '[', ["bsol"] = '\\', ["rbrack"] = ']', ["rsqb"] = ']',
        ["Hat"] = '^', ["lowbar"] = '_', ["grave"] = '`', ["lbrace"] = '{', ["lcub"] = '{', ["vert"] = '|', ["rbrace"] = '}',
        ["rcub"] = '}', ["hyphen"] = '-', ["dash"] = '-',
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public override bool MayApply(in TextSignals signals) => signals.Ampersands > 0;

    public override void Undo(ReadOnlySpan<char> chars, Rewriter text, DecodingBuffers buffers)
    {
        for (var at = 0; at < chars.Length;)
        {
            var next = chars[at..].IndexOf('&');
            if (next < 0)
            {
                return;
            }

            at += next;
            var end = at + 1 < chars.Length && chars[at + 1] == '#' ? ReadNumber(chars, at, text) : ReadName(chars, at, text);
            at = Math.Max(at + 1, end);
        }
    }

    private static int ReadNumber(ReadOnlySpan<char> chars, int from, Rewriter text)
    {
        var isHex = from + 2 < chars.Length && chars[from + 2] is 'x' or 'X';
        var at = from + (isHex ? 3 : 2);
        var first = at;
        var value = 0;
        for (; at < chars.Length && (isHex ? char.IsAsciiHexDigit(chars[at]) : char.IsAsciiDigit(chars[at])); at++)
        {
            value = Math.Min((value * (isHex ? 16 : 10)) + HexDigits.ValueOf(chars[at]), 0x110000); // leading zeros are free
        }

        if (at == first || !Rune.IsValid(value))
        {
            return at;
        }

        at += at < chars.Length && chars[at] == ';' ? 1 : 0;
        text.Put(from, at, new Rune(value), EncodingLayers.HtmlEntities);
        return at;
    }

    private static int ReadName(ReadOnlySpan<char> chars, int from, Rewriter text)
    {
        var name = chars.Slice(from + 1, Math.Min(LongestName, chars.Length - from - 1));
        var length = name.IndexOf(';');
        if (length < 2 || !char.IsAsciiLetter(name[0]))
        {
            return from;
        }

        var end = from + length + 2;
        if (Names.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[..length], out var sign))
        {
            text.Put(from, end, sign, EncodingLayers.HtmlEntities);
            return end;
        }

        var decoded = WebUtility.HtmlDecode(chars[from..end].ToString());
        if (decoded.Length != 1)
        {
            return from;
        }

        text.Put(from, end, decoded[0], EncodingLayers.HtmlEntities);
        return end;
    }
}
