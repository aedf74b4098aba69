using System.Text;
using System.Text.Json;

namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>What the value of a field is to the reader.</summary>
internal enum FieldKind
{
    /// <summary>Text: a string, or strings and objects of <see cref="Field.Inner"/> in arrays.</summary>
    Text,

    /// <summary>One text made of all the strings and names in the value, however deep.</summary>
    Whole,

    /// <summary>An array of which each element is one text made of all its strings.</summary>
    Each,

    /// <summary>The conversation: objects of <see cref="Field.Inner"/>, each of which somebody says.</summary>
    Turns,

    /// <summary>A word that tells whose words the object holds.</summary>
    Speaker,

    /// <summary>An identifier. Anything else in its place is text.</summary>
    Word,

    /// <summary>Nothing that reaches a model, or nothing that its provider accepts from others.</summary>
    Ignored,

    Model,
    Stream,

    /// <summary>An address, or content in a <c>data:</c> URL.</summary>
    Url,

    /// <summary>Base64, or text if the object says so.</summary>
    Data,

    /// <summary>Tells what <see cref="Data"/> is.</summary>
    MediaType,

    /// <summary>Tells whether <see cref="Data"/> is base64 or plain text.</summary>
    Encoding,

    /// <summary>Names something that is kept elsewhere.</summary>
    Reference,
}

/// <summary>A field that a protocol knows.</summary>
internal sealed class Field(string name, FieldKind kind, TextOrigin origin = TextOrigin.Inherit, Shape? inner = null)
{
    private readonly byte[] _name = Encoding.UTF8.GetBytes(name);

    public string Name => name;

    public ReadOnlySpan<byte> Utf8Name => _name;

    public FieldKind Kind => kind;

    /// <summary>Whose words the text in it is, where it does not say so itself.</summary>
    public TextOrigin Origin => origin;

    /// <summary>The objects in it; null for those of the shape that it stands in.</summary>
    public Shape? Inner => inner;

    /// <summary>What it counts as when it cannot be read.</summary>
    public UnscannedKind Unscanned { get; init; } = UnscannedKind.File;

    /// <summary>Speakers by word.</summary>
    public (byte[] Word, TextOrigin Origin)[] Speakers { get; init; } = [];

    public static Field Text(string name, TextOrigin origin = TextOrigin.Inherit, Shape? inner = null) => new(name, FieldKind.Text, origin, inner);

    public static Field Whole(string name, TextOrigin origin = TextOrigin.Inherit) => new(name, FieldKind.Whole, origin);

    public static Field Each(string name, TextOrigin origin) => new(name, FieldKind.Each, origin);

    public static Field Turns(string name, Shape shape) => new(name, FieldKind.Turns, TextOrigin.Inherit, shape);

    public static Field Url(string name, UnscannedKind unscanned) => new(name, FieldKind.Url, TextOrigin.Document) { Unscanned = unscanned };

    public static Field Data(string name, UnscannedKind unscanned) => new(name, FieldKind.Data, TextOrigin.Document) { Unscanned = unscanned };

    public static Field Reference(string name) => new(name, FieldKind.Reference) { Unscanned = UnscannedKind.Reference };

    public static Field Speaker(string name, params (string Word, TextOrigin Origin)[] speakers) =>
        new(name, FieldKind.Speaker) { Speakers = [.. speakers.Select(static speaker => (Encoding.UTF8.GetBytes(speaker.Word), speaker.Origin))] };

    public static IEnumerable<Field> Words(params string[] names) => names.Select(static name => new Field(name, FieldKind.Word));

    public static IEnumerable<Field> Ignored(params string[] names) => names.Select(static name => new Field(name, FieldKind.Ignored));
}

/// <summary>
/// The objects of one place in a protocol. A table rather than code: whoever knows the protocol's documentation can check
/// it, and what it does not list is read all the same.
/// </summary>
internal sealed class Shape
{
    private const int MaxName = 64;

    private readonly Field[] _fields;

    public Shape(params IEnumerable<Field> fields)
    {
        _fields = [.. fields];
        // The reader remembers in one word which of them it has met.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_fields.Length, 64);
    }

    /// <summary>What stands in fields that are not listed.</summary>
    public Field Other { get; init; } = new("", FieldKind.Whole);

    public Field this[int index] => _fields[index];

    /// <summary>Index of the field that the reader stands at, or -1. Some servers do not tell upper from lower case, so neither is it told here.</summary>
    public int Find(ref Utf8JsonReader name)
    {
        for (var i = 0; i < _fields.Length; i++)
        {
            if (name.ValueTextEquals(_fields[i].Utf8Name))
            {
                return i;
            }
        }

        return FindIgnoringCase(ref name);
    }

    private int FindIgnoringCase(ref Utf8JsonReader name)
    {
        if (name.ValueSpan.Length > MaxName * 6)
        {
            return -1;
        }

        Span<char> characters = stackalloc char[MaxName * 6];
        var given = characters[..name.CopyString(characters)];
        for (var i = 0; i < _fields.Length; i++)
        {
            if (given.Equals(_fields[i].Name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}
