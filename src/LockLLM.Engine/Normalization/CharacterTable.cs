namespace LockLLM.Engine.Normalization;

/// <summary>
/// Replacements of single characters: pages of 256 entries, present only where a page has any. Immutable.
/// </summary>
internal sealed class CharacterTable(ushort[][] pages, CharacterTable.Entry[] entries, char[] pool)
{
    public const int Scalars = 0x20000;

#pragma warning disable CA1810 // Both tables come from one pass over one file.
    static CharacterTable() => (Clean, Fold) = CharacterTableFile.Load();
#pragma warning restore CA1810

    /// <summary>Compatibility forms to plain ones; invisible characters to nothing; decorated letters are marked.</summary>
    public static CharacterTable Clean { get; }

    /// <summary>Case, diacritics, look-alikes and typographic signs; look-alikes are marked.</summary>
    public static CharacterTable Fold { get; }

    /// <summary>Finds the replacement of a character; false where it stays as it is.</summary>
    public bool TryGet(int scalar, out ReadOnlySpan<char> replacement, out bool isMarked)
    {
        var index = scalar < Scalars ? pages[scalar >> 8][scalar & 0xFF] : 0;
        var entry = entries[index];
        replacement = pool.AsSpan(entry.Offset, entry.Length);
        isMarked = entry.IsMarked;
        return index != 0;
    }

    internal readonly record struct Entry(int Offset, byte Length, bool IsMarked);
}
