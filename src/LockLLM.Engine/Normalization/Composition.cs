namespace LockLLM.Engine.Normalization;

/// <summary>
/// The canonical compositions that carry meaning outside Latin: Hangul syllables (Unicode Standard §3.12) and kana with
/// their sound marks. Latin marks need none, <see cref="CharacterFolder"/> strips them.
/// </summary>
internal static class Composition
{
    private const char FirstLeading = '\u1100', FirstVowel = '\u1161', TrailingBase = '\u11A7', FirstSyllable = '\uAC00';
    private const int Leadings = 19, Vowels = 21, Trailings = 28;
    private const char VoicedMark = '\u3099', SemiVoicedMark = '\u309A';

    public static bool MayBegin(char character) => character
        is (>= FirstLeading and < (char)(FirstLeading + Leadings))
        or (>= FirstSyllable and <= '\uD7A3')
        or (>= '\u3046' and <= '\u30FD');

    public static bool TryCompose(char first, char second, out char composed)
    {
        composed = second switch
        {
            VoicedMark => Voiced(first),
            SemiVoicedMark => Hiragana(first) is 'は' or 'ひ' or 'ふ' or 'へ' or 'ほ' ? (char)(first + 2) : '\0',
            >= FirstVowel and < (char)(FirstVowel + Vowels) when first is >= FirstLeading and < (char)(FirstLeading + Leadings) =>
                (char)(FirstSyllable + ((((first - FirstLeading) * Vowels) + (second - FirstVowel)) * Trailings)),
            > TrailingBase and < (char)(TrailingBase + Trailings) when IsOpenSyllable(first) => (char)(first + (second - TrailingBase)),
            _ => '\0',
        };
        return composed != '\0';
    }

    private static bool IsOpenSyllable(char character) =>
        character is >= FirstSyllable and <= '\uD7A3' && (character - FirstSyllable) % Trailings == 0;

    private static char Voiced(char kana)
    {
        if (kana is >= 'ワ' and <= 'ヲ')
        {
            return (char)(kana + 8);
        }

        return Hiragana(kana) switch
        {
            'う' => (char)(kana + ('ゔ' - 'う')),
            >= 'か' and <= 'ぢ' when (kana & 1) == ('か' & 1) => (char)(kana + 1),
            'つ' or 'て' or 'と' or 'は' or 'ひ' or 'ふ' or 'へ' or 'ほ' or 'ゝ' => (char)(kana + 1),
            _ => '\0',
        };
    }

    /// <summary>Katakana stand 0x60 above their hiragana.</summary>
    private static char Hiragana(char kana) => kana is >= 'ァ' and <= 'ヾ' ? (char)(kana - 0x60) : kana;
}
