using System.Buffers;
using System.Text.Json;
using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>
/// Walks a body once, token by token, and notes every text in it. What the shape of the place does not list is read too:
/// a field that nobody thought of reaches the model all the same.
/// </summary>
/// <remarks>
/// Fields stand in any order, so a text is noted before it is known who speaks. It waits as
/// <see cref="TextOrigin.Inherit"/> until the object around it ends.
/// </remarks>
internal ref struct BodyReader
{
    private const int MaxTexts = 50_000;

    // Shorter words in places nobody knows are switches and formats, not orders.
    private const int LongestSwitch = 16;
    private const int LongestIdentifier = 64;

    private static readonly SearchValues<char> s_identifier = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-.:");

    private readonly int _maxMessages;
    private readonly PromptText _text;
    private Utf8JsonReader _json;
    private TextPart[] _parts = new TextPart[8];
    private int _count;
    private int _messages;
    private int _turn = TextPart.Standing;
    private bool _modelSpoke;
    private UnscannedCounts _unscanned;
    private string? _model;
    private bool _isStream;

    public BodyReader(ReadOnlySpan<byte> json, PromptText text, int maxMessages)
    {
        _json = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = PromptReader.MaxDepth });
        _text = text;
        _maxMessages = maxMessages;
    }

    /// <summary>Whether a text in a place nobody knows is too short and plain to be an order.</summary>
    public static bool IsSwitch(ReadOnlySpan<char> text) => text.Length <= LongestSwitch && !text.ContainsAnyExcept(s_identifier);

    /// <summary>What is wrong with the body, once <see cref="Read"/> gave false.</summary>
    public BodyProblem Problem { get; private set; }

    /// <summary>Reads to the end. Throws what the JSON reader throws.</summary>
    /// <param name="isKnown">Whether the shape is one of a known protocol; otherwise the body may be any JSON.</param>
    public bool Read(Shape root, bool isKnown)
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.StartObject)
        {
            if (!ReadObject(root, out _))
            {
                return false;
            }
        }
        else if (isKnown)
        {
            return Fail(BodyFault.NoObject);
        }
        else if (!ReadWhole(TextOrigin.User))
        {
            return false;
        }

        // A further token would be an error, and the reader says so.
        _json.Read();
        Settle(0, TextOrigin.User);
        return true;
    }

    public readonly PromptMap ToMap() => new(_text, _parts, _count)
    {
        Model = _model,
        IsStream = _isStream,
        Unscanned = _unscanned,
    };

    /// <summary>An object of a shape; the reader stands at its brace. Tells who speaks in it.</summary>
    private bool ReadObject(Shape shape, out TextOrigin speaker)
    {
        speaker = TextOrigin.Inherit;
        var first = _count;
        var seen = 0UL;
        var bySpeaker = TextOrigin.Inherit;
        var attachment = default(Attachment);
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            Validate();
            var index = shape.Find(ref _json);
            var field = index < 0 ? shape.Other : shape[index];
            if (index >= 0)
            {
                // Which of two counts differs from server to server, so that one could be shown here and the other used there.
                if ((seen & (1UL << index)) != 0)
                {
                    return Fail(BodyFault.Twice, field.Name);
                }

                seen |= 1UL << index;
            }

            _json.Read();
            if (field.Kind == FieldKind.Speaker)
            {
                if (!ReadSpeaker(field, out var told))
                {
                    return false;
                }

                // A role says it for sure, a type only by the way; the role is the field listed first.
                bySpeaker = bySpeaker == TextOrigin.Inherit || index == 0 ? (told == TextOrigin.Inherit ? bySpeaker : told) : bySpeaker;
            }
            else if (!ReadValue(field, shape, ref attachment))
            {
                return false;
            }
        }

        if (attachment.IsGiven && !ReadAttachment(attachment))
        {
            return false;
        }

        speaker = bySpeaker;
        Settle(first, speaker);
        return true;
    }

    private bool ReadValue(Field field, Shape shape, ref Attachment attachment)
    {
        var first = _count;
        switch (field.Kind)
        {
            case FieldKind.Text:
                if (!ReadText(field, field.Inner ?? shape))
                {
                    return false;
                }

                Settle(first, field.Origin);
                return true;
            case FieldKind.Whole:
                return ReadWhole(field.Origin);
            case FieldKind.Each:
                return ReadEach(field.Origin);
            case FieldKind.Turns:
                return ReadTurns(field);
            case FieldKind.Word:
                return ReadWord(field);
            case FieldKind.Model:
                return ReadModel(field);
            case FieldKind.Stream:
                _isStream = _json.TokenType == JsonTokenType.True;
                return _json.TokenType is JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null || Fail(BodyFault.WrongType, field.Name);
            case FieldKind.Url:
                return ReadUrl(field, shape);
            case FieldKind.Data when _json.TokenType == JsonTokenType.String:
                attachment.Unscanned = field.Unscanned;
                return Keep(ref attachment.Data);
            case FieldKind.Data:
                return ReadWhole(field.Origin);
            case FieldKind.MediaType when _json.TokenType == JsonTokenType.String:
                return Keep(ref attachment.MediaType);
            case FieldKind.MediaType:
                return ReadWhole(field.Origin);
            case FieldKind.Encoding:
                attachment.IsPlain = _json.TokenType == JsonTokenType.String && _json.ValueTextEquals("text"u8);
                return ReadWord(field);
            case FieldKind.Reference:
                if (_json.TokenType != JsonTokenType.Null)
                {
                    _unscanned.Add(field.Unscanned);
                }

                return Skip();
            default:
                return Skip();
        }
    }

    private bool ReadText(Field field, Shape inner)
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.String:
                AddString(TextOrigin.Inherit);
                return !IsFull || Fail(BodyFault.TooManyTexts);
            case JsonTokenType.StartObject:
                return ReadObject(inner, out _);
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.StartArray:
                var hasNumbers = false;
                while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
                {
                    if (_json.TokenType == JsonTokenType.Number)
                    {
                        hasNumbers = true;
                    }
                    else if (!ReadText(field, inner))
                    {
                        return false;
                    }
                }

                if (hasNumbers)
                {
                    _unscanned.Add(UnscannedKind.Tokens);
                }

                return true;
            default:
                return Fail(BodyFault.WrongType, field.Name);
        }
    }

    /// <summary>Everything in the value as one text, a line for each string.</summary>
    private bool ReadWhole(TextOrigin origin)
    {
        var from = _text.Span.Length;
        var scalars = _text.Scalars;
        var start = (int)_json.TokenStartIndex;
        var depth = _json.CurrentDepth;
        var strings = 0;
        do
        {
            if (_json.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                strings++;
                WriteLine(from);
            }
        }
        while ((_json.CurrentDepth > depth || _json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) && _json.Read());

        if (strings == 0 || IsSwitch(_text.Span[from..]))
        {
            return true;
        }

        Add(new TextPart(origin, _turn, from, _text.Span.Length - from, _text.Scalars - scalars, start, (int)_json.BytesConsumed - start));
        return !IsFull || Fail(BodyFault.TooManyTexts);
    }

    private bool ReadEach(TextOrigin origin)
    {
        if (_json.TokenType != JsonTokenType.StartArray)
        {
            return ReadWhole(origin);
        }

        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (!ReadWhole(origin))
            {
                return false;
            }
        }

        return true;
    }

    private bool ReadTurns(Field field)
    {
        _turn = 0;
        var isRead = _json.TokenType switch
        {
            JsonTokenType.StartArray => ReadMessages(field),
            JsonTokenType.StartObject => ReadMessage(field),
            JsonTokenType.String => ReadText(field, field.Inner!),
            JsonTokenType.Null => true,
            _ => Fail(BodyFault.WrongType, field.Name),
        };
        _turn = TextPart.Standing;
        return isRead;
    }

    private bool ReadMessages(Field field)
    {
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            var isRead = _json.TokenType switch
            {
                JsonTokenType.StartObject => ReadMessage(field),
                JsonTokenType.String => ReadText(field, field.Inner!),
                _ => Fail(BodyFault.WrongType, field.Name),
            };
            if (!isRead)
            {
                return false;
            }
        }

        return true;
    }

    private bool ReadMessage(Field field)
    {
        if (++_messages > _maxMessages)
        {
            return Fail(BodyFault.TooManyMessages, field.Name);
        }

        if (_modelSpoke)
        {
            _turn++;
        }

        var first = _count;
        if (!ReadObject(field.Inner!, out var speaker))
        {
            return false;
        }

        Settle(first, TextOrigin.User);
        _modelSpoke = speaker == TextOrigin.Assistant;
        return true;
    }

    private bool ReadSpeaker(Field field, out TextOrigin origin)
    {
        origin = TextOrigin.Inherit;
        if (_json.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (_json.TokenType != JsonTokenType.String)
        {
            return Fail(BodyFault.WrongType, field.Name);
        }

        foreach (var (word, of) in field.Speakers)
        {
            if (_json.ValueTextEquals(word))
            {
                origin = of;
                return true;
            }
        }

        return ReadWord(field);
    }

    private bool ReadWord(Field field)
    {
        if (_json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            return ReadWhole(field.Origin);
        }

        if (_json.TokenType != JsonTokenType.String)
        {
            return true;
        }

        var value = _text.Rest[.._json.CopyString(_text.Rest)];
        if (value.Length > LongestIdentifier || value.ContainsAnyExcept(s_identifier))
        {
            AddString(field.Origin);
        }

        return !IsFull || Fail(BodyFault.TooManyTexts);
    }

    private bool ReadModel(Field field)
    {
        if (_json.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (_json.TokenType != JsonTokenType.String)
        {
            return Fail(BodyFault.WrongType, field.Name);
        }

        _model = _json.GetString();
        return true;
    }

    private bool ReadUrl(Field field, Shape shape)
    {
        if (_json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            return ReadText(field, field.Inner ?? shape);
        }

        if (_json.TokenType != JsonTokenType.String)
        {
            return _json.TokenType == JsonTokenType.Null || Fail(BodyFault.WrongType, field.Name);
        }

        AddUrl(field);
        return !IsFull || Fail(BodyFault.TooManyTexts);
    }

    // Judged once the object is over, since its media type may stand behind it.
    private bool Keep(ref Utf8JsonReader value)
    {
        value = _json;
        return Skip();
    }

    private bool ReadAttachment(in Attachment attachment)
    {
        var data = attachment.Data;
        var mediaType = attachment.MediaType.TokenType == JsonTokenType.String ? attachment.MediaType.GetString() : null;
        var start = (int)data.TokenStartIndex;
        var bodyLength = (int)data.BytesConsumed - start;
        var length = data.CopyString(_text.Rest);
        if (attachment.IsPlain)
        {
            AddWritten(length, TextOrigin.Document, start, bodyLength, TextForm.Plain);
        }
        else
        {
            AddContent(_text.Rest[..length], isBase64: true, DataUrl.KindOf(mediaType, attachment.Unscanned), attachment.Unscanned, TextOrigin.Document, start, bodyLength, TextForm.Base64);
        }

        return !IsFull || Fail(BodyFault.TooManyTexts);
    }

    /// <summary>An address, which is counted; content in a data URL or without one, of which text is read.</summary>
    private void AddUrl(Field field)
    {
        var start = (int)_json.TokenStartIndex;
        var bodyLength = (int)_json.BytesConsumed - start;
        var url = _text.Rest[.._json.CopyString(_text.Rest)];
        if (DataUrl.TryRead(url, out var mediaType, out var isBase64, out var content))
        {
            AddContent(content, isBase64, DataUrl.KindOf(mediaType, field.Unscanned), field.Unscanned, field.Origin, start, bodyLength, TextForm.DataUrl);
        }
        else if (DataUrl.IsAddress(url))
        {
            _unscanned.Add(field.Unscanned);
        }
        else
        {
            // Some servers take base64 here as it is.
            AddContent(url, isBase64: true, field.Unscanned, field.Unscanned, field.Origin, start, bodyLength, TextForm.Base64);
        }
    }

    /// <param name="content">Lies in the rest of the text.</param>
    /// <param name="kind">What it is said to be; null for text.</param>
    private void AddContent(ReadOnlySpan<char> content, bool isBase64, UnscannedKind? kind, UnscannedKind otherwise, TextOrigin origin, int start, int bodyLength, TextForm form)
    {
        // The content moves to the front, where the text goes.
        content.CopyTo(_text.Rest);
        var raw = _text.Rest[..content.Length];
        switch (DecodeInPlace(raw, isBase64, kind, out var length))
        {
            case ContentForm.Text:
                AddWritten(length, origin, start, bodyLength, form);
                break;
            case ContentForm.Bytes:
                _unscanned.Add(kind ?? otherwise);
                break;
            default:
                // What is not encoded after all is judged as it stands.
                AddWritten(raw.Length, origin, start, bodyLength, form == TextForm.Base64 ? TextForm.Plain : form);
                break;
        }
    }

    private static ContentForm DecodeInPlace(Span<char> content, bool isBase64, UnscannedKind? saidToBe, out int length)
    {
        var decoded = ArrayPool<char>.Shared.Rent(content.Length);
        try
        {
            var form = DataUrl.Decode(content, isBase64, saidToBe, decoded, out length);
            decoded.AsSpan(0, length).CopyTo(content);
            return form;
        }
        finally
        {
            Array.Clear(decoded);
            ArrayPool<char>.Shared.Return(decoded);
        }
    }

    /// <summary>
    /// A line of a text made of many strings. Base64 in a data URL is decoded, or counted and left out; the rest of the URL
    /// stays, and so does all that a model could read as words.
    /// </summary>
    private void WriteLine(int from)
    {
        if (_text.Span.Length > from)
        {
            _text.Rest[0] = '\n';
            _text.Written(1);
        }

        var line = _text.Rest[.._json.CopyString(_text.Rest)];
        var length = line.Length;
        if (DataUrl.TryRead(line, out var mediaType, out var isBase64, out var content) && isBase64 && !DataUrl.SpellsWords(content))
        {
            var kind = DataUrl.KindOf(mediaType, UnscannedKind.File);
            var head = line.Length - content.Length;
            switch (DecodeInPlace(line[head..], isBase64: true, kind, out var decoded))
            {
                case ContentForm.Text:
                    length = head + decoded;
                    break;
                case ContentForm.Bytes:
                    length = head;
                    _unscanned.Add(kind ?? UnscannedKind.File);
                    break;
            }
        }

        _text.Written(length);
    }

    private void AddString(TextOrigin origin)
    {
        var start = (int)_json.TokenStartIndex;
        AddWritten(_json.CopyString(_text.Rest), origin, start, (int)_json.BytesConsumed - start, TextForm.Plain);
    }

    private void AddWritten(int length, TextOrigin origin, int bodyStart, int bodyLength, TextForm form)
    {
        if (length == 0)
        {
            return;
        }

        var from = _text.Span.Length;
        var scalars = _text.Scalars;
        _text.Written(length);
        Add(new TextPart(origin, _turn, from, length, _text.Scalars - scalars, bodyStart, bodyLength, form));
    }

    private void Add(in TextPart part)
    {
        if (_count == _parts.Length)
        {
            Array.Resize(ref _parts, _count * 2);
        }

        _parts[_count++] = part;
    }

    private readonly bool IsFull => _count > MaxTexts;

    /// <summary>Gives the texts that wait for it a speaker.</summary>
    private readonly void Settle(int first, TextOrigin origin)
    {
        for (var i = first; origin != TextOrigin.Inherit && i < _count; i++)
        {
            if (_parts[i].Origin == TextOrigin.Inherit)
            {
                _parts[i] = _parts[i] with { Origin = origin };
            }
        }
    }

    private bool Skip()
    {
        var depth = _json.CurrentDepth;
        do
        {
            Validate();
        }
        while ((_json.CurrentDepth > depth || _json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) && _json.Read());
        return true;
    }

    // Half of a surrogate pair is refused wherever it stands: servers differ in what they make of it.
    private readonly void Validate()
    {
        if (_json.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && _json.ValueIsEscaped)
        {
            _json.CopyString(_text.Rest);
        }
    }

    private bool Fail(BodyFault fault, string? field = null)
    {
        Problem = new BodyProblem(fault, field);
        return false;
    }

    private ref struct Attachment
    {
        public Utf8JsonReader Data;
        public Utf8JsonReader MediaType;
        public UnscannedKind Unscanned;
        public bool IsPlain;

        public readonly bool IsGiven => Data.TokenType != JsonTokenType.None;
    }
}

internal enum BodyFault
{
    NoObject,
    Twice,
    WrongType,
    TooManyMessages,
    TooManyTexts,
}

/// <param name="Fault">What is wrong.</param>
/// <param name="Field">Where; a name of the protocol's, never one of the caller's.</param>
internal readonly record struct BodyProblem(BodyFault Fault, string? Field);
