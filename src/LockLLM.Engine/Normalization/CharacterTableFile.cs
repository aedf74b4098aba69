using System.Runtime.CompilerServices;
using System.Text;

namespace LockLLM.Engine.Normalization;

/// <summary>
/// Reads Data/folds.txt, whose head describes it. It runs once, in code that is optimized at once: as ordinary start-up
/// code it took ten times longer.
/// </summary>
internal ref struct CharacterTableFile
{
    private static readonly ushort[] EmptyPage = new ushort[256];

    private readonly ReadOnlySpan<byte> _file;
    private int _at;

    private CharacterTableFile(ReadOnlySpan<byte> file) => _file = file;

    public static (CharacterTable Clean, CharacterTable Fold) Load()
    {
        using var stream = typeof(CharacterTable).Assembly.GetManifestResourceStream("folds.txt")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var fold = bytes.AsSpan().IndexOf("[fold]"u8);
        return (new CharacterTableFile(bytes.AsSpan(0, fold)).Read(), new CharacterTableFile(bytes.AsSpan(fold)).Read());
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private CharacterTable Read()
    {
        var pages = new ushort[CharacterTable.Scalars >> 8][];
        Array.Fill(pages, EmptyPage);
        var entries = new CharacterTable.Entry[1 + _file.Count((byte)'\n')];
        var pool = new char[_file.Length / 4];
        var (count, used) = (1, 0);
        for (; _at < _file.Length; _at++)
        {
            if (_file[_at] is (byte)'#' or (byte)'[')
            {
                _at += _file[_at..].IndexOf((byte)'\n');
                continue;
            }

            var first = ReadHex();
            var last = Skip((byte)'-') ? ReadHex() : first;
            var isMarked = Skip((byte)'*') || Skip((byte)'!');
            var offset = used;
            while (Skip((byte)' '))
            {
                used += new Rune(ReadHex()).EncodeToUtf16(pool.AsSpan(used));
            }

            entries[count] = new CharacterTable.Entry(offset, (byte)(used - offset), isMarked);
            for (var scalar = first; scalar <= last; scalar++)
            {
                if (pages[scalar >> 8] == EmptyPage)
                {
                    pages[scalar >> 8] = new ushort[256];
                }

                pages[scalar >> 8][scalar & 0xFF] = (ushort)count;
            }

            count++;
        }

        return new CharacterTable(pages, entries[..count], pool[..used]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Skip(byte sign)
    {
        var isThere = _at < _file.Length && _file[_at] == sign;
        _at += isThere ? 1 : 0;
        return isThere;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ReadHex()
    {
        var value = 0;
        for (; _at < _file.Length && _file[_at] is var digit && char.IsAsciiHexDigitUpper((char)digit); _at++)
        {
            value = (value << 4) | (digit <= '9' ? digit - '0' : digit - 'A' + 10);
        }

        return value;
    }
}
