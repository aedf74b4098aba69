using CsCheck;

namespace LockLLM.Engine.Tests.Decoding;

/// <summary>Ordinary sentences and random ones, for properties.</summary>
internal static class Samples
{
    private static readonly string[][] Words =
    [
        ["the", "weather", "report", "for", "tomorrow", "says", "rain", "in", "every", "small", "village", "near", "our", "river", "please", "bring"],
        ["heute", "scheint", "über", "den", "grünen", "Wäldern", "wieder", "eine", "milde", "Sonne", "während", "Vögel", "singen"],
        ["где", "находится", "ближайшая", "библиотека", "города", "сегодня", "открыта", "до", "вечера", "пожалуйста"],
        ["今天", "天气", "很好", "我们", "一起", "去", "公园", "散步", "明天", "可能", "下雨", "所以", "带上", "雨伞"],
        ["أين", "تقع", "المكتبة", "القريبة", "من", "المدينة", "اليوم", "مفتوحة", "حتى", "المساء"],
        ["आज", "मौसम", "बहुत", "अच्छा", "है", "हम", "बगीचे", "में", "घूमने", "जाएंगे"],
    ];

    private static readonly string[] Carriers =
    [
        "{0}", "Please read this: {0}", "Here is a note.\n\n{0}\n\nThanks!", "See \"{0}\" below.", "- item one\n- {0}\n- item three", "({0})",
    ];

    public static Gen<string> EnglishSentences { get; } = Sentences(Words[0]);

    public static Gen<string> AnySentences { get; } = Gen.OneOf([.. Words.Select(Sentences)]);

    public static Gen<string> CarrierFormats { get; } = One(Carriers);

    /// <summary>UTF-16 of every kind, with lone surrogates, controls and the ranges the stages treat specially.</summary>
    public static Gen<string> AnyUtf16 { get; } = Gen.OneOf(
        Gen.Char, Gen.Char[' ', '~'], Gen.Char['\u0300', '\u036F'], Gen.Char['\u1100', '\u11FF'], Gen.Char['\u2000', '\u20FF'],
        Gen.Char['\u3040', '\u30FF'], Gen.Char['\uD800', '\uDFFF'], Gen.Char['\uDB40', '\uDB40'], Gen.Char['\uDC00', '\uDDEF'],
        Gen.Char['\uFE00', '\uFE0F'], Gen.Char['\uFF00', '\uFFFF'], One('\0', '\uE000', '=', '\\', '%', '&', 'x', 'u', '{', ';', '#'))
        .Array[0, 120].Select(chars => new string(chars));

    public static string In(this string text, string carrier) => carrier.Replace("{0}", text, StringComparison.Ordinal);

    public static Gen<T> One<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);

    private static Gen<string> Sentences(string[] words) => One(words).Array[6, 14].Select(chosen => string.Join(' ', chosen));
}
