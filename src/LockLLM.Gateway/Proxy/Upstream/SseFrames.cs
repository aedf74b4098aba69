namespace LockLLM.Gateway.Proxy.Upstream;

/// <summary>
/// Where one event of a stream ends: after a blank line, with line ends of any kind. What has no end yet is held back, so
/// that an error event can follow the last whole event when the provider breaks off in the middle of one.
/// </summary>
internal static class SseFrames
{
    // Longest end: \r\n\r\n.
    private const int LongestEnd = 4;

    /// <summary>Length of the whole events in <paramref name="bytes"/>, of which the first <paramref name="searched"/> were known to hold no end.</summary>
    public static int WholeLength(ReadOnlySpan<byte> bytes, int searched)
    {
        var from = Math.Max(0, searched - (LongestEnd - 1));
        var tail = bytes[from..];
        var lf = tail.LastIndexOf("\n\n"u8) is >= 0 and var a ? a + 2 : 0;
        var crlf = tail.LastIndexOf("\n\r\n"u8) is >= 0 and var b ? b + 3 : 0;
        var cr = tail.LastIndexOf("\r\r"u8) is >= 0 and var c ? c + 2 : 0;
        var end = Math.Max(Math.Max(lf, crlf), cr);
        return end == 0 ? 0 : from + end;
    }
}
