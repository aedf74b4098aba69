using LockLLM.Gateway.Storage.Entities;

namespace LockLLM.Gateway.RequestLog;

/// <summary>Which of an account's records; what is null does not matter.</summary>
internal sealed record RequestLogFilter
{
    public RequestKind? Kind { get; init; }

    public RequestSubkind? Subkind { get; init; }

    public RequestStatus? Status { get; init; }

    public DateTimeOffset? From { get; init; }

    /// <summary>Without this moment itself.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only records with a verdict have one.</summary>
    public bool? IsSafe { get; init; }

    public string? ApiKeyId { get; init; }

    public string? ProviderKeyId { get; init; }

    public string? Provider { get; init; }

    public string? Model { get; init; }

    public string? RequestId { get; init; }

    public string? ErrorCode { get; init; }

    /// <summary>Of the most severe finding.</summary>
    public string? ThreatCategory { get; init; }

    public IQueryable<RequestRecord> Apply(IQueryable<RequestRecord> records)
    {
        records = Kind is { } kind ? records.Where(record => record.Kind == kind) : records;
        records = Subkind is { } subkind ? records.Where(record => record.Subkind == subkind) : records;
        records = Status is { } status ? records.Where(record => record.Status == status) : records;
        records = From is { } from ? records.Where(record => record.CreatedAt >= from) : records;
        records = To is { } to ? records.Where(record => record.CreatedAt < to) : records;
        records = IsSafe switch
        {
            true => records.Where(static record => record.IsSafe == true),
            // A constant, for the index of what is not safe.
            false => records.Where(static record => record.IsSafe == false),
            null => records,
        };
        records = ThreatCategory is { } category ? records.Where(record => record.ThreatCategory == category) : records;
        records = ApiKeyId is { } apiKey ? records.Where(record => record.ApiKeyId == apiKey) : records;
        records = ProviderKeyId is { } providerKey ? records.Where(record => record.ProviderKeyId == providerKey) : records;
        records = Provider is { } provider ? records.Where(record => record.Provider == provider) : records;
        records = Model is { } model ? records.Where(record => record.Model == model) : records;
        records = RequestId is { } requestId ? records.Where(record => record.RequestId == requestId) : records;
        records = ErrorCode is { } code ? records.Where(record => record.ErrorCode == code) : records;

        // Says nothing that the filter above does not, but as the index of the few records that were not answered says it.
        return Status is not (null or RequestStatus.Success) ? records.Where(static record => record.Status != RequestStatus.Success) : records;
    }
}
