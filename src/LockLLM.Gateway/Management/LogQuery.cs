using LockLLM.Gateway.Errors;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.OpenApi;

namespace LockLLM.Gateway.Management;

/// <summary>Which records of <c>/api/v1/logs</c>, and which page of them.</summary>
internal sealed record LogQuery(RequestLogFilter Filter)
{
    public const int DefaultLimit = 100;

    public static readonly QueryField[] Filters =
    [
        new("log_type", "Kind of request.") { Words = RequestLogWords.All<RequestKind>() },
        new("log_subtype", "What became of a proxied request.") { Words = RequestLogWords.All<RequestSubkind>() },
        new("status", "success: answered; failure: refused; error: the gateway or the provider failed.") { Words = RequestLogWords.All<RequestStatus>() },
        new("start_date", "From this moment on, or from the beginning of this day in UTC."),
        new("end_date", "Before this moment, or to the end of this day in UTC."),
        new("safe", "The verdict; records without one are left out.", JsonSchemaType.Boolean),
        new("api_key_id", "Made with this API key."),
        new("upstream_key_id", "Sent with this provider key."),
        new("provider", "Sent to this provider."),
        new("model", "For this model, spelled as in the record."),
        new("request_id", "With this request id."),
        new("error_code", "Answered with this error."),
        new("threat_category", "With a finding of this category, the most severe one counting."),
    ];

    public static readonly QueryField[] Page =
    [
        new("limit", "How many at most, 1 to 1000; 100 unless said otherwise.", JsonSchemaType.Integer),
        new("offset", "How many to leave out first. For long lists before is faster, and new records do not shift it.", JsonSchemaType.Integer),
        new("before", "Go on behind the record of this id, the last one of the page before."),
        new("count", "Whether to count all that match, for the header X-Total-Count.", JsonSchemaType.Boolean),
    ];

    public int Limit { get; init; } = DefaultLimit;

    public int Offset { get; init; }

    public string? Before { get; init; }

    public bool IsCounted { get; init; }

    public static Outcome<LogQuery> Read(IQueryCollection values, bool isPaged)
    {
        var query = new ManagementQuery(values);
        var read = new LogQuery(new RequestLogFilter
        {
            Kind = query.Word<RequestKind>("log_type"),
            Subkind = query.Word<RequestSubkind>("log_subtype"),
            Status = query.Word<RequestStatus>("status"),
            From = query.Time("start_date", isLast: false),
            To = query.Time("end_date", isLast: true),
            IsSafe = query.Truth("safe"),
            ApiKeyId = query.Text("api_key_id"),
            ProviderKeyId = query.Text("upstream_key_id"),
            Provider = query.Text("provider")?.ToLowerInvariant(),
            Model = query.Text("model"),
            RequestId = query.Text("request_id"),
            ErrorCode = query.Text("error_code"),
            ThreatCategory = query.Text("threat_category"),
        });
        if (isPaged)
        {
            read = read with
            {
                Limit = (int)(query.Number("limit", 1, RequestLogReader.MaxLimit) ?? DefaultLimit),
                Offset = (int)(query.Number("offset", 0, int.MaxValue) ?? 0),
                Before = query.Text("before"),
                IsCounted = query.Truth("count") ?? false,
            };
        }

        return query.Problem is { } problem ? problem : read;
    }
}
