using System.Globalization;
using LockLLM.Gateway.Storage.Entities;

namespace LockLLM.Gateway.RequestLog;

/// <summary>Records as a table: RFC 4180, UTF-8, one column per field of a log entry.</summary>
internal static class RequestLogCsv
{
    public const string ContentType = "text/csv; charset=utf-8";

    private static readonly (string Name, Func<RequestRecord, object?> Value)[] s_columns =
    [
        ("id", static record => record.Id),
        ("created_at", static record => record.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
        ("log_type", static record => RequestLogWords.Of(record.Kind)),
        ("log_subtype", static record => record.Subkind == RequestSubkind.None ? null : RequestLogWords.Of(record.Subkind)),
        ("status", static record => RequestLogWords.Of(record.Status)),
        ("request_id", static record => record.RequestId),
        ("api_key_id", static record => record.ApiKeyId),
        ("upstream_key_id", static record => record.ProviderKeyId),
        ("error_code", static record => record.ErrorCode),
        ("http_status", static record => record.HttpStatus),
        ("safe", static record => record.IsSafe),
        ("label", static record => record.Label),
        ("confidence", static record => record.Confidence),
        ("injection", static record => record.Injection),
        ("sensitivity", static record => record.Sensitivity),
        ("scan_action", static record => record.ScanAction),
        ("threat_category", static record => record.ThreatCategory),
        ("findings", static record => record.Findings),
        ("prompt_length", static record => record.PromptLength),
        ("scanned_length", static record => record.ScannedLength),
        ("scanned_parts", static record => record.ScannedParts),
        ("total_parts", static record => record.TotalParts),
        ("provider", static record => record.Provider),
        ("model", static record => record.Model),
        ("stream", static record => record.IsStream),
        ("upstream_status", static record => record.UpstreamStatus),
        ("attempts", static record => record.Attempts),
        ("input_tokens", static record => record.InputTokens),
        ("output_tokens", static record => record.OutputTokens),
        ("request_bytes", static record => record.RequestBytes),
        ("answer_bytes", static record => record.AnswerBytes),
        ("total_ms", static record => record.TotalMilliseconds),
        ("scan_ms", static record => record.ScanMilliseconds),
        ("upstream_ms", static record => record.UpstreamMilliseconds),
        ("first_byte_ms", static record => record.FirstByteMilliseconds),
    ];

    public static async Task WriteAsync(TextWriter writer, IAsyncEnumerable<RequestRecord> records, CancellationToken cancellationToken)
    {
        await writer.WriteAsync(string.Join(',', s_columns.Select(static column => column.Name)) + "\r\n");
        await foreach (var record in records.WithCancellation(cancellationToken))
        {
            await writer.WriteAsync(string.Join(',', s_columns.Select(column => Cell(column.Value(record)))) + "\r\n");
        }

        await writer.FlushAsync(cancellationToken);
    }

    private static string Cell(object? value) => value switch
    {
        null => "",
        bool truth => truth ? "true" : "false",
        double number => Math.Round(number, 3).ToString(CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => Quoted(value.ToString()!),
    };

    // Request ids and models come from callers: a spreadsheet would take these beginnings for a formula.
    private static string Quoted(string text) => text switch
    {
        ['=' or '+' or '-' or '@', ..] => $"\"'{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        _ when text.AsSpan().ContainsAny("\",\r\n") => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        _ => text,
    };
}
