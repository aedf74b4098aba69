using System.Globalization;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.RequestLog;

namespace LockLLM.Gateway.Management;

/// <summary>
/// Reads the filters of a list. What it does not know is refused: a mistyped filter would show more than was asked for.
/// Ask for <see cref="Problem"/> once every field was read.
/// </summary>
internal sealed class ManagementQuery(IQueryCollection query)
{
    private const int MaxLength = 256;

    private static readonly string[] s_times = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private Error? _problem;

    public Error? Problem =>
        _problem ?? (query.Keys.Any(name => !_known.Contains(name)) ? Invalid("This list has no such filter. The API reference names those there are.", null) : null);

    public string? Text(string name)
    {
        _known.Add(name);
        if (!query.TryGetValue(name, out var values) || values is [""] or [null])
        {
            return null;
        }

        return values is [{ Length: <= MaxLength } text] && !text.Any(char.IsControl)
            ? text
            : Refuse<string>(name, $"is given once, with at most {MaxLength} characters");
    }

    public T? Word<T>(string name)
        where T : struct, Enum => Text(name) is not { } text
            ? null
            : RequestLogWords.Parse<T>(text) ?? Refuse<T?>(name, $"is one of {string.Join(", ", RequestLogWords.All<T>())}");

    public bool? Truth(string name) => Text(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => Refuse<bool?>(name, "is true or false"),
    };

    public long? Number(string name, long minimum, long maximum) => Text(name) is not { } text
        ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : Refuse<long?>(name, string.Create(CultureInfo.InvariantCulture, $"is a number from {minimum} to {maximum}"));

    /// <summary>A moment; of a day its beginning, or its end where the day is the last one wanted.</summary>
    public DateTimeOffset? Time(string name, bool isLast)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < DateOnly.MaxValue)
        {
            return new DateTimeOffset((isLast ? day.AddDays(1) : day).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        }

        return DateTimeOffset.TryParseExact(text, s_times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : Refuse<DateTimeOffset?>(name, "is a day or a moment such as 2026-03-01 or 2026-03-01T12:00:00Z; a + in an address is written %2B");
    }

    private T? Refuse<T>(string name, string rule)
    {
        _problem ??= Invalid($"{name} {rule}.", name);
        return default;
    }

    private static Error Invalid(string message, string? name) => new(ErrorCode.InvalidQuery, message, name);
}
