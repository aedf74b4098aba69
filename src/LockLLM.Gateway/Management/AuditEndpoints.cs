using LockLLM.Contracts.Management;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.RequestLog;
using Microsoft.OpenApi;

namespace LockLLM.Gateway.Management;

/// <summary><c>/api/v1/audit</c>: who did what in the account, and whether the trail is whole.</summary>
internal static class AuditEndpoints
{
    private const int DefaultLimit = 100;

    private static readonly QueryField[] s_fields =
    [
        new("action", "What was done, such as api_key.created."),
        new("actor", "Id of the API key or member who did it, or system."),
        new("target", "Id of what it was done to."),
        new("request_id", "By the request of this id."),
        new("start_date", "From this moment on, or from the beginning of this day in UTC."),
        new("end_date", "Before this moment, or to the end of this day in UTC."),
        new("limit", "How many at most, 1 to 1000; 100 unless said otherwise.", JsonSchemaType.Integer),
        new("before", "Go on behind the event of this sequence, the last one of the page before.", JsonSchemaType.Integer),
    ];

    public static void MapAuditEndpoints(this RouteGroupBuilder audit)
    {
        audit.MapGet("", List).Needs(Role.Admin).WithSummary("List audit events, newest first.").TakesQuery(s_fields).Produces<IReadOnlyList<AuditDetails>>();
        audit.MapGet("/status", Status).Needs(Role.Admin).WithSummary("Check the chain of the audit trail.")
            .WithDescription("Reads the whole chain of the installation; an answer may be ten seconds old.").Produces<AuditStatus>();
    }

    /// <summary>The filters of the list, and how many events at most.</summary>
    public static Outcome<(AuditFilter Filter, int Limit)> ReadQuery(IQueryCollection values)
    {
        var query = new ManagementQuery(values);
        var filter = new AuditFilter
        {
            Action = query.Text("action"),
            Actor = query.Text("actor"),
            Target = query.Text("target"),
            RequestId = query.Text("request_id"),
            From = query.Time("start_date", isLast: false),
            To = query.Time("end_date", isLast: true),
            Before = query.Number("before", 1, long.MaxValue),
        };
        var limit = (int)(query.Number("limit", 1, AuditReader.MaxLimit) ?? DefaultLimit);
        return query.Problem is { } problem ? problem : (filter, limit);
    }

    private static async Task<IResult> List(HttpContext context, AuditReader reader)
    {
        var read = ReadQuery(context.Request.Query);
        if (read.Error is { } error)
        {
            return new ErrorResult(error);
        }

        var (filter, limit) = read.Value;
        AuditDetails[] events = [.. (await reader.ListAsync(context.Actor().AccountId, filter, limit, context.RequestAborted)).Select(Details)];
        return ManagementEndpoints.Json(events);
    }

    private static async Task<IResult> Status(HttpContext context, AuditStatusReader reader) =>
        ManagementEndpoints.Json(await reader.ReadAsync(context.RequestAborted));

    private static AuditDetails Details(WrittenEvent written) => new()
    {
        Sequence = written.Sequence,
        CreatedAt = written.At,
        Actor = written.Event.Actor,
        Action = written.Event.Action,
        Target = written.Event.Target,
        RequestId = written.Event.RequestId,
        Detail = written.Event.Detail,
    };
}
