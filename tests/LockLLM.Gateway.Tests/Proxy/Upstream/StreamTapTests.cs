using System.Text;
using LockLLM.Gateway.Proxy.Upstream;

namespace LockLLM.Gateway.Tests.Proxy.Upstream;

/// <summary>Streams come out as they went in, however the network cuts them.</summary>
public sealed class StreamTapTests
{
    public static TheoryData<string> Recorded => [.. RecordedStreams.All.Keys];

    [Theory]
    [MemberData(nameof(Recorded))]
    public void A_stream_cut_in_two_at_any_byte_comes_out_the_same(string name)
    {
        var stream = RecordedStreams.All[name];
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            var (bytes, usage) = Run(stream[..cut], stream[cut..]);
            Assert.True(stream.AsSpan().SequenceEqual(bytes), $"cut at {cut}");
            Assert.Equal(RecordedStreams.Usage[name], usage);
        }
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void A_stream_of_single_bytes_comes_out_the_same(string name)
    {
        var stream = RecordedStreams.All[name];
        var (bytes, usage) = Run([.. stream.Select(static one => new[] { one })]);
        Assert.Equal(stream, bytes);
        Assert.Equal(RecordedStreams.Usage[name], usage);
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void What_goes_on_always_ends_with_a_whole_event(string name)
    {
        var stream = RecordedStreams.All[name];
        for (var cut = 1; cut < stream.Length; cut++)
        {
            using var tap = new StreamTap(isEvents: true);
            stream.AsSpan(0, cut).CopyTo(tap.Free.Span);
            var ready = Encoding.UTF8.GetString(tap.Arrived(cut).Span);
            Assert.True(ready.Length == 0 || ready.EndsWith("\n\n", StringComparison.Ordinal) || ready.EndsWith("\n\r\n", StringComparison.Ordinal), $"cut at {cut}");
        }
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void An_event_goes_on_at_once_whatever_ends_its_lines(string end)
    {
        foreach (var begin in (string[])["", "\uFEFF"])
        {
            var first = Encoding.UTF8.GetBytes($"{begin}event: a{end}data: 1{end}{end}");
            using var tap = new StreamTap(isEvents: true);
            first.CopyTo(tap.Free);
            Assert.Equal(first, tap.Arrived(first.Length).ToArray());
            tap.Sent(first.Length);
            var next = Encoding.UTF8.GetBytes($"data: 2{end}");
            next.CopyTo(tap.Free);
            Assert.Equal(0, tap.Arrived(next.Length).Length);
        }
    }

    [Fact]
    public void What_is_no_stream_of_events_is_never_held_back()
    {
        // As Bedrock frames its events: lengths, headers and checksums in binary.
        byte[] frames = [.. Enumerable.Range(0, 400).Select(static i => (byte)(i * 7)), 10, 10, 13, 10, 13, 10, 0];
        for (var cut = 1; cut < frames.Length; cut++)
        {
            using var tap = new StreamTap(isEvents: false);
            frames.AsSpan(0, cut).CopyTo(tap.Free.Span);
            var first = tap.Arrived(cut).ToArray();
            tap.Sent(cut);
            frames.AsSpan(cut).CopyTo(tap.Free.Span);
            byte[] both = [.. first, .. tap.Arrived(frames.Length - cut).Span];
            Assert.Equal(frames, both);
            Assert.Equal(cut, first.Length);
        }
    }

    [Fact]
    public void An_event_without_end_is_passed_on_in_pieces_at_last()
    {
        var piece = Encoding.UTF8.GetBytes(new string('a', 4096));
        var (bytes, _) = Run([.. Enumerable.Repeat(piece, 600)]);
        Assert.Equal(600 * 4096, bytes.Length);
    }

    [Theory]
    [InlineData("""{"usage":{"prompt_tokens":12,"completion_tokens":34,"total_tokens":46}}""", 12, 34)]
    [InlineData("""{"usage": {"input_tokens":1,"output_tokens":2,"output_tokens_details":{"reasoning_tokens":1}},"x":1}""", 1, 2)]
    [InlineData("""{"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":6}}""", 5, 6)]
    [InlineData("""{"usage":{"billed_units":{"input_tokens":3,"output_tokens":4},"tokens":{"input_tokens":7,"output_tokens":4}}}""", 7, 4)]
    [InlineData("""{"usage":{"inputTokens":3,"outputTokens":4}}""", 3, 4)]
    [InlineData("""{"usage":null}""", 0, 0)]
    [InlineData("""{"usage":{"prompt_tokens":-5,"completion_tokens":1e300}}""", 0, 0)]
    [InlineData("""{"usage":{"prompt_tokens":"12"}}""", 0, 0)]
    [InlineData("""{"usage":{"prompt_tokens":12,"completion""", 12, 0)]
    [InlineData("""{"content":"the \"usage\": {\"prompt_tokens\":9}"}""", 0, 0)]
    [InlineData("""{"usage_policy":{"prompt_tokens":9}}""", 0, 0)]
    [InlineData("\"usage\"", 0, 0)]
    [InlineData("", 0, 0)]
    public void Token_counts_are_read_in_passing(string json, long input, long output) =>
        Assert.Equal(new TokenUsage(input, output), TokenUsage.Find(Encoding.UTF8.GetBytes(json)));

    private static (byte[] Bytes, TokenUsage Usage) Run(params byte[][] pieces)
    {
        using var tap = new StreamTap(isEvents: true);
        using var written = new MemoryStream();
        foreach (var piece in pieces)
        {
            for (var at = 0; at < piece.Length;)
            {
                var free = tap.Free;
                var length = Math.Min(free.Length, piece.Length - at);
                piece.AsSpan(at, length).CopyTo(free.Span);
                var ready = tap.Arrived(length);
                written.Write(ready.Span);
                tap.Sent(ready.Length);
                at += length;
            }
        }

        tap.Read(tap.Held.Span);
        written.Write(tap.Held.Span);
        return (written.ToArray(), tap.Usage);
    }
}
