namespace LockLLM.Engine.Decoding;

/// <summary>Digits of escape sequences.</summary>
internal static class HexDigits
{
    /// <summary>The value of exactly <paramref name="count"/> digits at a position, or -1.</summary>
    public static int Read(ReadOnlySpan<char> chars, int at, int count)
    {
        if (at + count > chars.Length)
        {
            return -1;
        }

        var value = 0;
        foreach (var character in chars.Slice(at, count))
        {
            if (!char.IsAsciiHexDigit(character))
            {
                return -1;
            }

            value = (value << 4) | ValueOf(character);
        }

        return value;
    }

    public static int ValueOf(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
