using System.IO.Compression;
using System.Text;

namespace LockLLM.Engine.Decoding;

/// <summary>Scratch memory of the decoder, and the step from bytes to text that most layers share.</summary>
internal sealed class DecodingBuffers
{
    private const int MostInflations = 8;

    /// <summary>What may come out of the compressed matter of one text: what a small bomb holds must not cost more than a long text does.</summary>
    private const int MostInflated = 32 * 1024;
    private const int FewestZlibBytes = 12;
    private const int FewestUtf16Bytes = 20;

    private byte[] _bytes = new byte[1024];
    private byte[] _inflated = [];
    private char[] _token = new char[1024];
    private char[] _text = new char[1024];
    private int _inflations;

    private int _inflatedLeft;

    /// <summary>Begins a text.</summary>
    public void Renew() => (_inflations, _inflatedLeft) = (0, MostInflated);

    public Span<byte> Bytes(int count) => Room(ref _bytes, count);

    public Span<char> Token(int count) => Room(ref _token, count);

    public Span<char> Text(int count) => Room(ref _text, count);

    public void Forget(int keepCapacity)
    {
        _bytes.AsSpan().Clear();
        _inflated.AsSpan().Clear();
        _token.AsSpan().Clear();
        _text.AsSpan().Clear();
        if (_bytes.Length > keepCapacity || _token.Length > keepCapacity || _text.Length > keepCapacity || _inflated.Length > keepCapacity)
        {
            (_bytes, _inflated, _token, _text) = ([], [], [], []);
        }
    }

    /// <summary>
    /// Reads the first bytes of the byte buffer as text: UTF-8, UTF-16 or either of them compressed. Bytes that make no
    /// plausible text are refused. The text stays valid until the next call.
    /// </summary>
    public bool TryReadText(int count, out ReadOnlySpan<char> text, out EncodingLayers layers)
    {
        text = default;
        layers = EncodingLayers.None;
        var bytes = _bytes.AsSpan(0, count);
        if (IsCompressed(bytes) && _inflations++ < MostInflations && TryInflate(count, out var inflated))
        {
            bytes = _inflated.AsSpan(0, inflated);
            layers = EncodingLayers.Gzip;
        }

        if (!TryReadUtf8(bytes, out var length) && !TryReadUtf16(bytes, out length))
        {
            return false;
        }

        var chars = _text.AsSpan(0, length);

        foreach (ref var character in chars)
        {
            character = Rewriter.Visible(character);
        }

        text = chars;
        return true;
    }

    private bool TryReadUtf8(ReadOnlySpan<byte> bytes, out int length)
    {
        // A byte that is none of UTF-8 becomes U+FFFD: one must not hide a whole message, many are no text.
        length = Encoding.UTF8.GetChars(bytes, Text(bytes.Length));
        return Plausibility.IsText(_text.AsSpan(0, length));
    }

    /// <summary>Little-endian UTF-16 as Windows shells pass it. Chance makes it of many scripts, people of one or of ASCII.</summary>
    private bool TryReadUtf16(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length < FewestUtf16Bytes || bytes.Length % 2 != 0)
        {
            return false;
        }

        length = Encoding.Unicode.GetChars(bytes, Text(bytes.Length / 2));
        return (IsMostlyAscii(_text.AsSpan(0, length)) || IsOfOneScript(_text.AsSpan(0, length))) && Plausibility.IsText(_text.AsSpan(0, length));
    }

    private static bool IsMostlyAscii(ReadOnlySpan<char> text)
    {
        var ascii = 0;
        foreach (var character in text)
        {
            ascii += char.IsAscii(character) ? 1 : 0;
        }

        return ascii * 10 >= text.Length * 6;
    }

    private static bool IsOfOneScript(ReadOnlySpan<char> text)
    {
        var script = -1;
        foreach (var character in text)
        {
            var page = character < 0x100 ? -1 : character is (>= '\u2E00' and < '\uA000') or >= '\uFF00' ? 0x4E : character >> 8;
            if (page >= 0 && script >= 0 && page != script)
            {
                return false;
            }

            script = Math.Max(script, page);
        }

        return true;
    }

    private static bool IsCompressed(ReadOnlySpan<byte> bytes) => bytes.Length >= FewestZlibBytes
        && (bytes is [0x1F, 0x8B, 8, ..] || (bytes[0] == 0x78 && ((bytes[0] << 8) + bytes[1]) % 31 == 0));

    private bool TryInflate(int count, out int length)
    {
        var isGzip = _bytes[0] == 0x1F;
        length = 0;
        using var input = new MemoryStream(_bytes, 0, count, writable: false);
        using Stream stream = isGzip ? new GZipStream(input, CompressionMode.Decompress) : new ZLibStream(input, CompressionMode.Decompress);
        if (_inflatedLeft <= 0)
        {
            return false;
        }

        var room = Room(ref _inflated, _inflatedLeft)[.._inflatedLeft];
        try
        {
            while (length < room.Length && stream.Read(room[length..]) is > 0 and var read)
            {
                length += read;
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            // What came before the damage is still worth reading; a plausible beginning is enough.
        }

        _inflatedLeft -= length;
        if (length == room.Length)
        {
            while (length > 0 && (room[length - 1] & 0xC0) == 0x80)
            {
                length--; // a character cut at the limit
            }

            length--;
        }

        return length > 0;
    }

    private static Span<T> Room<T>(ref T[] buffer, int count)
    {
        if (buffer.Length < count)
        {
            buffer = new T[Math.Max(count, buffer.Length * 2)];
        }

        return buffer.AsSpan(0, count);
    }
}
