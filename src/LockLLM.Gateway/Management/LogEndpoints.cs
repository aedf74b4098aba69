using System.Globalization;
using System.Text;
using LockLLM.Contracts.Errors;
using LockLLM.Contracts.Management;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage.Entities;

namespace LockLLM.Gateway.Management;

/// <summary><c>/api/v1/logs</c>: what is kept of the account's requests.</summary>
internal static class LogEndpoints
{
    private const string TotalCount = "X-Total-Count";

    public static void MapLogEndpoints(this RouteGroupBuilder logs)
    {
        logs.MapGet("", List).Needs(Role.Viewer).WithSummary("List request records, newest first.").TakesQuery([.. LogQuery.Filters, .. LogQuery.Page]).Produces<IReadOnlyList<LogDetails>>();
        logs.MapGet("/export", Export).Needs(Role.Viewer).WithSummary("All request records that match, as a CSV file.").TakesQuery(LogQuery.Filters).Produces(StatusCodes.Status200OK, contentType: "text/csv");
        logs.MapGet("/" + ManagementEndpoints.Id, Get).Needs(Role.Viewer).WithSummary("Show a request record.").Produces<LogDetails>().Fails(ErrorCode.LogNotFound);
    }

    private static async Task<IResult> List(HttpContext context, RequestLogReader reader)
    {
        var read = LogQuery.Read(context.Request.Query, isPaged: true);
        if (read.Error is { } error)
        {
            return new ErrorResult(error);
        }

        var (query, account) = (read.Value!, context.Actor().AccountId);
        var records = query.Before is { } id
            ? await reader.ListBehindAsync(account, query.Filter, id, query.Limit, query.Offset, context.RequestAborted)
            : await reader.ListAsync(account, query.Filter, query.Limit, query.Offset, context.RequestAborted);
        if (records is null)
        {
            return new ErrorResult(new Error(ErrorCode.InvalidQuery, "The record that before names is not there, or no longer. Begin again without it.", "before"));
        }

        if (query.IsCounted)
        {
            context.Response.Headers[TotalCount] = (await reader.CountAsync(account, query.Filter, context.RequestAborted)).ToString(CultureInfo.InvariantCulture);
        }

        LogDetails[] logs = [.. records.Select(Details)];
        return ManagementEndpoints.Json(logs);
    }

    private static IResult Export(HttpContext context, RequestLogReader reader)
    {
        var read = LogQuery.Read(context.Request.Query, isPaged: false);
        return read.Error is { } error
            ? new ErrorResult(error)
            : new CsvAnswer(reader.ExportAsync(context.Actor().AccountId, read.Value!.Filter, context.RequestAborted));
    }

    private static async Task<IResult> Get(HttpContext context, string id, RequestLogReader reader)
    {
        Outcome<RequestRecord> found = await reader.FindAsync(context.Actor().AccountId, id, context.RequestAborted) is { } record
            ? record
            : new Error(ErrorCode.LogNotFound, "No such record, or no longer.");
        return found.Answer(Details);
    }

    private static LogDetails Details(RequestRecord record)
    {
        var findings = FindingPositions.Read(record.Findings);
        return new LogDetails
        {
            Id = record.Id,
            CreatedAt = record.CreatedAt,
            LogType = RequestLogWords.Of(record.Kind),
            LogSubtype = record.Subkind == RequestSubkind.None ? null : RequestLogWords.Of(record.Subkind),
            Status = RequestLogWords.Of(record.Status),
            RequestId = record.RequestId,
            ApiKeyId = record.ApiKeyId,
            UpstreamKeyId = record.ProviderKeyId,
            ErrorCode = record.ErrorCode,
            HttpStatus = record.HttpStatus,
            Safe = record.IsSafe,
            Label = record.Label,
            Confidence = Rounded(record.Confidence),
            Injection = Rounded(record.Injection),
            Sensitivity = record.Sensitivity,
            ScanAction = record.ScanAction,
            ThreatCategory = record.ThreatCategory,
            Findings = findings?.Threats,
            FindingsLength = findings?.Length,
            PromptLength = record.PromptLength,
            ScannedLength = record.ScannedLength,
            ScannedParts = record.ScannedParts,
            TotalParts = record.TotalParts,
            Provider = record.Provider,
            Model = record.Model,
            Stream = record.IsStream,
            UpstreamStatus = record.UpstreamStatus,
            Attempts = record.Attempts,
            InputTokens = record.InputTokens,
            OutputTokens = record.OutputTokens,
            RequestBytes = record.RequestBytes,
            AnswerBytes = record.AnswerBytes,
            TotalMs = Math.Round(record.TotalMilliseconds, 3),
            ScanMs = Rounded(record.ScanMilliseconds),
            UpstreamMs = Rounded(record.UpstreamMilliseconds),
            FirstByteMs = Rounded(record.FirstByteMilliseconds),
        };
    }

    private static double? Rounded(double? number) => number is { } value ? Math.Round(value, 3) : null;

    private sealed class CsvAnswer(IAsyncEnumerable<RequestRecord> records) : IResult
    {
        private const int BufferBytes = 16 * 1024;

        private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.ContentType = RequestLogCsv.ContentType;
            response.Headers.ContentDisposition = "attachment; filename=\"lockllm-logs.csv\"";
            // Not disposed of, which would send what is in the buffer even when reading fails at once and an error can still be told.
            var writer = new StreamWriter(response.Body, s_utf8, BufferBytes, leaveOpen: true);
            await RequestLogCsv.WriteAsync(writer, records, httpContext.RequestAborted);
        }
    }
}
