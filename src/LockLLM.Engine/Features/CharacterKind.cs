namespace LockLLM.Engine.Features;

/// <summary>What a character of canonical text does to words.</summary>
internal enum CharacterKind
{
    /// <summary>Stands between words.</summary>
    Sign,

    /// <summary>Goes on with a word.</summary>
    Letter,

    /// <summary>Makes a word by itself, in scripts that are written without spaces.</summary>
    Ideograph,
}

/// <summary>Tells them apart.</summary>
internal static class CharacterKinds
{
    public static CharacterKind Of(char character)
    {
        if (character < 0x80)
        {
            return (uint)(character - 'a') <= 'z' - 'a' || (uint)(character - '0') <= 9 ? CharacterKind.Letter : CharacterKind.Sign;
        }

        return character switch
        {
            >= '\u0E00' and < '\u0E80' => CharacterKind.Ideograph,
            >= '\u3040' and < '\uA000' or >= '\uF900' and < '\uFB00' => CharacterKind.Ideograph,
            _ => char.IsLetterOrDigit(character) || char.IsSurrogate(character) || IsMark(character) ? CharacterKind.Letter : CharacterKind.Sign,
        };
    }

    private static bool IsMark(char character) => char.GetUnicodeCategory(character)
        is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;
}
