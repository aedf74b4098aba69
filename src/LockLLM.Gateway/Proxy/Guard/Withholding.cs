using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LockLLM.Gateway.Proxy.Protocols;

namespace LockLLM.Gateway.Proxy.Guard;

/// <summary>
/// Puts a note in the place of texts that must not be sent, and leaves every other byte of the body as it is. What was
/// refused in an earlier turn stays in the conversations of clients; so it neither reaches the model nor ends the session.
/// </summary>
internal static class Withholding
{
    public const string Note = "[withheld by LockLLM: prompt injection]";

    private const int LongestName = 24;

    private static readonly SearchValues<byte> s_plain = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-"u8);
    private static readonly byte[] s_note = Encoding.UTF8.GetBytes($"\"{Note}\"");

    public static ReadOnlyMemory<byte> Rewrite(ReadOnlyMemory<byte> body, PromptMap map, IReadOnlyList<int> withheld)
    {
        if (withheld.Count == 0)
        {
            return body;
        }

        var rewritten = new ArrayBufferWriter<byte>(body.Length + (withheld.Count * s_note.Length));
        var copied = 0;
        foreach (var index in withheld.OrderBy(index => map.Parts[index].BodyStart))
        {
            var part = map.Parts[index];
            rewritten.Write(body.Span[copied..part.BodyStart]);
            WriteNotes(rewritten, body.Span.Slice(part.BodyStart, part.BodyLength), part);
            copied = part.BodyStart + part.BodyLength;
        }

        rewritten.Write(body.Span[copied..]);
        return rewritten.WrittenMemory;
    }

    private static void WriteNotes(ArrayBufferWriter<byte> rewritten, ReadOnlySpan<byte> value, in TextPart part)
    {
        if (value[0] == (byte)'"')
        {
            rewritten.Write(part switch
            {
                // Providers parse arguments, and decode content.
                { Origin: TextOrigin.Arguments } => "\"{}\""u8,
                { Origin: TextOrigin.Name } => "\"withheld\""u8,
                { Form: TextForm.Base64 } => Encoding.ASCII.GetBytes($"\"{Convert.ToBase64String(Encoding.ASCII.GetBytes(Note))}\""),
                { Form: TextForm.DataUrl } => Encoding.ASCII.GetBytes($"\"data:text/plain;base64,{Convert.ToBase64String(Encoding.ASCII.GetBytes(Note))}\""),
                _ => s_note,
            });
            return;
        }

        // Everything but the words stays, so that the value keeps its shape. Names of fields can be words too.
        var json = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = PromptReader.MaxDepth });
        var copied = 0;
        var names = 0;
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.String && (json.TokenType != JsonTokenType.PropertyName || IsPlainName(json.ValueSpan)))
            {
                continue;
            }

            rewritten.Write(value[copied..(int)json.TokenStartIndex]);
            rewritten.Write(json.TokenType == JsonTokenType.String ? s_note : Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\"withheld_{++names}\"")));
            // A name ends before its colon.
            copied = (int)json.TokenStartIndex + json.ValueSpan.Length + 2;
        }

        rewritten.Write(value[copied..]);
    }

    // Of a schema, and too short for an order.
    private static bool IsPlainName(ReadOnlySpan<byte> name) => name.Length <= LongestName && !name.ContainsAnyExcept(s_plain);
}
