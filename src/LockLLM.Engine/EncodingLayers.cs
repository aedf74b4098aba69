namespace LockLLM.Engine;

/// <summary>Disguises that were undone to read a piece of text.</summary>
[Flags]
public enum EncodingLayers
{
    /// <summary>The text stands as submitted.</summary>
    None = 0,

    /// <summary>Base64, standard or URL-safe (RFC 4648 §§4-5).</summary>
    Base64 = 1 << 0,

    /// <summary>Base32 (RFC 4648 §6).</summary>
    Base32 = 1 << 1,

    /// <summary>Hexadecimal digits, packed or separated.</summary>
    Hex = 1 << 2,

    /// <summary>Percent-encoding (RFC 3986 §2.1).</summary>
    Percent = 1 << 3,

    /// <summary>HTML character references.</summary>
    HtmlEntities = 1 << 4,

    /// <summary>Backslash escapes of programming languages: <c>\u0041</c>, <c>\x41</c>, <c>\U00000041</c>, octal.</summary>
    Escapes = 1 << 5,

    /// <summary>Quoted-printable (RFC 2045 §6.7).</summary>
    QuotedPrintable = 1 << 6,

    /// <summary>Letters rotated by 13 places.</summary>
    Rot13 = 1 << 7,

    /// <summary>Letters rotated by any other number of places, or mirrored (Atbash).</summary>
    Caesar = 1 << 8,

    /// <summary>International Morse code (ITU-R M.1677-1).</summary>
    Morse = 1 << 9,

    /// <summary>Character codes in binary digits.</summary>
    Binary = 1 << 10,

    /// <summary>Character codes in decimal digits.</summary>
    CharacterCodes = 1 << 11,

    /// <summary>Characters in reverse order.</summary>
    Reversed = 1 << 12,

    /// <summary>Regional-indicator, boxed, circled or otherwise decorated letters.</summary>
    SymbolLetters = 1 << 13,

    /// <summary>Compressed with gzip or zlib (RFC 1950-1952).</summary>
    Gzip = 1 << 14,

    /// <summary>Invisible characters of the Unicode tag block, U+E0000 to U+E007F.</summary>
    UnicodeTags = 1 << 15,

    /// <summary>Bytes carried by variation selectors.</summary>
    VariationSelectors = 1 << 16,

    /// <summary>Invisible, format or bidirectional-control characters between letters.</summary>
    InvisibleCharacters = 1 << 17,

    /// <summary>Look-alike letters of other scripts (Unicode Technical Standard 39).</summary>
    Confusables = 1 << 18,

    /// <summary>Digits and signs in place of letters.</summary>
    Leetspeak = 1 << 19,

    /// <summary>Letters set apart by spaces or signs.</summary>
    SpacedLetters = 1 << 20,
}
