using System.Globalization;
using System.Text;
using LockLLM.Gateway.Proxy.Protocols;

namespace LockLLM.Gateway.Tests.Proxy.Protocols;

/// <summary>Broken bodies by the hundred thousand, the same ones in every run. LOCKLLM_FUZZ_BODIES sets how many.</summary>
public sealed class PromptReaderFuzzTests
{
    [Fact]
    public void Every_body_is_either_read_or_refused()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("LOCKLLM_FUZZ_BODIES") ?? "100000", CultureInfo.InvariantCulture);
        var read = 0;
        Parallel.For(0, count, number =>
        {
            var (place, body) = BodyMutations.Of(number);
            try
            {
                if (PromptReader.Read(place.Protocol, body, Reading.MaxMessages, out var map) is { } error)
                {
                    Assert.Null(map);
                    Assert.InRange(error.Code.Status, 400, 499);
                    return;
                }

                using (map)
                {
                    Assert.All(Reading.Texts(map!), static text => Assert.NotEmpty(text.Text));
                    Interlocked.Increment(ref read);
                }
            }
            catch (Exception failed)
            {
                throw new InvalidOperationException($"Body {number}, {place}: {Convert.ToBase64String(body)}", failed);
            }
        });
        Assert.InRange(read, count / 100, count - (count / 100));
    }
}

/// <summary>Bodies of all protocols, damaged in ways that attackers and bugs damage them.</summary>
internal static class BodyMutations
{
    private static readonly byte[][] s_tokens =
    [
        .. new[]
        {
            "{", "}", "[", "]", "\"", "\\", "\\u", "\\ud800", "\\udc00", ":", ",", "null", "true", "7", "1e999", "-", "\0", "\uFEFF", "//", "\n", "\"role\":", "\"content\":", "\"messages\":",
            "\"model\":", "\"text\":", "\"type\":\"text\",", "{\"role\":\"system\"}", "\"source\":{\"data\":", "\"media_type\":\"text/plain\",", "\"data:text/plain;base64,", "data:,", "[[[[[[[[[[[[[[[[[[[[",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF0, 0x9F],
    ];

    private static readonly byte[][] s_seeds = [.. FieldPlaces.All.Select(static place => Encoding.UTF8.GetBytes(place.With("How do I descale a kettle?")))];

    public static (FieldPlace Place, byte[] Body) Of(int number)
    {
        // Repeatable, not secret.
#pragma warning disable CA5394
        var random = new Random(number);
        var seed = random.Next(s_seeds.Length);
        var body = s_seeds[seed].ToList();
        for (var edits = random.Next(1, 5); edits > 0 && body.Count > 0; edits--)
        {
            var at = random.Next(body.Count);
            switch (random.Next(7))
            {
                case 0:
                    body[at] = (byte)random.Next(256);
                    break;
                case 1:
                    body.RemoveRange(at, Math.Min(body.Count - at, random.Next(1, 8)));
                    break;
                case 2:
                    body.InsertRange(at, s_tokens[random.Next(s_tokens.Length)]);
                    break;
                case 3:
                    body.InsertRange(at, body.GetRange(at, Math.Min(body.Count - at, random.Next(1, 32))));
                    break;
                case 4:
                    body.InsertRange(at, Enumerable.Repeat(s_tokens[random.Next(s_tokens.Length)], random.Next(1, 100)).SelectMany(static token => token));
                    break;
                case 5:
                    Retype(body, random);
                    break;
                default:
                    body.InsertRange(at, s_seeds[random.Next(s_seeds.Length)]);
                    break;
            }
        }

        return (FieldPlaces.All[seed], [.. body]);
    }

    // A value becomes one of another type.
    private static void Retype(List<byte> body, Random random)
    {
        var colons = Enumerable.Range(0, body.Count).Where(i => body[i] == ':').ToList();
        if (colons.Count == 0)
        {
            return;
        }

        var from = colons[random.Next(colons.Count)] + 1;
        var to = body.FindIndex(Math.Min(from, body.Count - 1), static value => value is (byte)',' or (byte)'}' or (byte)']');
        if (to > from)
        {
            body.RemoveRange(from, to - from);
            body.InsertRange(from, Encoding.UTF8.GetBytes(new[] { "7", "null", "true", "\"a\"", "[]", "{}", "[[{}]]", "[7]" }[random.Next(8)]));
        }
#pragma warning restore CA5394
    }
}
