using System.Collections.Frozen;
using System.Text.Json;

namespace LockLLM.Gateway.RequestLog;

/// <summary>Kinds, states and settings as the wire spells them: <c>scan_api</c>, <c>proxy_block</c>, <c>success</c>.</summary>
internal static class RequestLogWords
{
    public static string Of<T>(T value)
        where T : struct, Enum => Words<T>.Spelled[value];

    /// <summary>Null where there is no such word.</summary>
    public static T? Parse<T>(string word)
        where T : struct, Enum => Words<T>.Values.TryGetValue(word, out var value) ? value : null;

    public static IEnumerable<string> All<T>()
        where T : struct, Enum => Words<T>.Values.Keys.Order(StringComparer.Ordinal);

    private static class Words<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> Spelled = Enum.GetValues<T>().ToFrozenDictionary(static value => value, static value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

        public static readonly FrozenDictionary<string, T> Values = Spelled.ToFrozenDictionary(static word => word.Value, static word => word.Key, StringComparer.Ordinal);
    }
}
