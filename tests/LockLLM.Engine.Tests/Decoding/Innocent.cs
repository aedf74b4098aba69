namespace LockLLM.Engine.Tests.Decoding;

/// <summary>Texts that look encoded to a careless reader.</summary>
internal static class Innocent
{
    public const string Prose = "The committee met on Tuesday to discuss the new library. Most members agreed that the building, which "
        + "was finished in 1962, needs larger windows; a few would rather keep the old ones. Nobody could say what either plan costs. "
        + "The architect promised an estimate by the end of the month, and the treasurer asked for three offers. Afterwards there was "
        + "tea, and somebody had baked a cake with 12 candles.";

    /// <summary>Read exactly as written.</summary>
    public static readonly string[] Unchanged =
    [
        Prose,
        "getUserAccountDetailsByIdentifier(AbstractSingletonProxyFactoryBean, IHttpContextAccessorExtensions)",
        "/usr/local/share/applications/organization/department/project/module/component/settings.json",
        "src/components/dashboard/widgets/internationalization/ConfigurationOverviewPanelContainer",
        "some_very_long_snake_case_identifier_that_keeps_going_and_going_until_the_line_is_over_and_beyond",
        "123e4567-e89b-12d3-a456-426614174000",
        "commit cbc159b7a1f0e2d3c4b5a69788796a5b4c3d2e1f by someone",
        "Console.WriteLine(\"Hello\\nworld\\t!\"); // prints two lines\nvar x = a[0] & b[1] | ~c;",
        "public sealed class MappedText { private char[] _chars = []; public int Length => _length; }",
        "a { color: #1e90ff; background: #ffffff; border: 1px solid #c0c0c0; margin: 10px 20px 30px 40px }",
        "Call +1 (555) 123-4567 or 0049 30 1234567 between 10 and 12.",
        "192.168.10.25, 10.0.0.1, 255.255.255.0, fe80::1ff:fe23:4567:890a, 2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        "00:1A:2B:3C:4D:5E",
        "name,age,score\nAda,36,85\nAlan,41,92\nGrace,85,77\n12,15,18,21,24,27,30,33\n85, 92, 77, 88, 90, 73, 66, 81",
        "2024-01-02 10:20:30, 2025-12-31T23:59:59Z, 20240102 030405",
        "1 0 1 1 + 0 1 1 0 = 10001, and 1010 xor 0110 is 1100",
        "| name | age |\n| --- | --- |\n| Ada | 36 |\n\n---\n\n- one\n- two\n\n***\n\nWell... I mean... no... --- yes -- no",
        "4111111111111111 and 4242424242424242 are test card numbers, 1700000000 is a time.",
        "if (a=10;b=20) { c=3D; } https://example.org/search?id=20&page=30&size=40&copy=1&lt=2",
        "C:\\Users\\new\\temp\\101\\file.txt and \\\\server\\share",
        "R&D at AT&T costs 100% & more; 50%off, 5%-10%",
        "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis donaudampfschifffahrtsgesellschaft",
        "function a(b,c){return b.map(d=>d*c).filter(Boolean)}var e=[1,2,3,4,5,6,7,8,9,10,11,12];a(e,2)",
        "Сегодня хорошая погода, и мы пойдём в парк. Η θερμοκρασία είναι υψηλή σήμερα.",
        "今日はとても良い天気ですね。公園に行きましょう。",
        "مرحبا بالعالم، كيف حالك اليوم؟ می‌خواهم",
        "That this with some from what when them than then were said each which their time will",
        "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "temps: 72 75 68 71 69 80 77 74; grades: 90 85 100 95 88 79",
        "0xdeadbeef 0x00000000 0xFFFFFFFF 0x7fff5fbff8c0",
        "GHIJKLMNOPQRSTUVWXYZ ABCDEFGHIJKLMNOPQRSTUVWXYZ CONFIDENTIALITYAGREEMENT",
        "E=mc^2; f(x) = x_1 + x_2; a/b/c; 3.14159265358979323846264338327950288",
    ];

    /// <summary>Long binary matter, of which one sign remains.</summary>
    public static readonly string[] Unreadable =
    [
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==",
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gunVTLw7onLRnrq0",
    ];
}
