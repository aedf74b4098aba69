using System.Globalization;
using LockLLM.Contracts;
using LockLLM.Contracts.Scan;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Dashboard.Layout;
using LockLLM.Gateway.Storage.Entities;

namespace LockLLM.Gateway.Dashboard;

/// <summary>What pages say of a record.</summary>
internal static class EventWords
{
    /// <summary>Every category there is, as records spell it.</summary>
    public static readonly IReadOnlyList<string> Categories =
        [ThreatCategories.Injection, ThreatCategories.Jailbreak, ThreatCategories.SystemPromptExtraction, ThreatCategories.ToolAbuse, ThreatCategories.RagInjection, ThreatCategories.Obfuscation];

    /// <summary>One word: <c>blocked</c> and <c>threat</c> were found, <c>safe</c> was judged so, the others have no verdict.</summary>
    public static string Verdict(RequestRecord record) => record.IsSafe switch
    {
        true => "safe",
        false when record.Status == RequestStatus.Failure => "blocked",
        false => "threat",
        null when record.Status == RequestStatus.Error => "error",
        null => "unjudged",
    };

    public static EventRow Row(RequestRecord record, EventQuery query, IReadOnlyList<ApiKey> keys) => new(
        record.Id,
        record.CreatedAt,
        Verdict(record),
        Score(record.Injection),
        record.ThreatCategory is { } category ? Category(category) : "",
        record.HttpStatus.ToString(CultureInfo.InvariantCulture),
        KeyName(keys, record.ApiKeyId),
        record.Provider ?? "",
        record.Model ?? "",
        Milliseconds(record.TotalMilliseconds),
        record.RequestId,
        query.Address(query.Before, record.Id));

    public static string Category(string category) => category switch
    {
        ThreatCategories.RagInjection => "injection in content",
        _ => category.Replace('_', ' '),
    };

    /// <summary>Whose words a text is.</summary>
    public static string Origin(string origin) => origin switch
    {
        "input" => "the text",
        "user" => "a user's text",
        "document" => "a document",
        _ => "a text of kind " + origin.Replace('_', ' '),
    };

    /// <summary>Beginning and width in a hundred parts of the text; wide enough to be seen.</summary>
    public static (string From, string Width) Place(ScanThreat threat, int length)
    {
        var (from, to) = (100.0 * threat.Start / Math.Max(1, length), 100.0 * threat.End / Math.Max(1, length));
        var width = Math.Clamp(to - from, 0.8, 100);
        return (Math.Clamp(from, 0, 100 - width).ToString("0.##", CultureInfo.InvariantCulture), width.ToString("0.##", CultureInfo.InvariantCulture));
    }

    public static string KeyName(IReadOnlyList<ApiKey> keys, string? id) => id is null ? "" : keys.FirstOrDefault(key => key.Id == id)?.Name ?? id;

    public static string Score(double? value) => value?.ToString("0.#", CultureInfo.InvariantCulture) ?? "";

    public static string Milliseconds(double? value) => value is { } number ? number.ToString(number < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture) + " ms" : "–";

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
