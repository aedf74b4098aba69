using LockLLM.Contracts.Errors;
using LockLLM.Contracts.Management;
using LockLLM.Gateway.Coordination;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Management;

/// <summary><c>/api/v1/playground</c>: a member tries a text. API keys have <c>/v1/scan</c>, which keeps a record.</summary>
internal static class PlaygroundEndpoints
{
    public static void MapPlaygroundEndpoints(this RouteGroupBuilder playground) =>
        playground.MapPost("", Judge).MembersOnly().Needs(Role.Developer).WithSummary("Judge one text at every sensitivity, and keep nothing of it.")
            .Takes<PlaygroundRequest>().Produces<PlaygroundVerdict>().Fails(ErrorCode.InvalidParameter, ErrorCode.MissingInput, ErrorCode.InputTooLong, ErrorCode.ScanUnavailable);

    private static async Task<IResult> Judge(HttpContext context, Playground playground, ICounters counters, ManagementOptions options)
    {
        var take = await counters.TakeAsync(new Allowance("playground " + context.Actor().Id, options.PlaygroundScansPerMinute), null, context.RequestAborted);
        return take.IsGranted
            ? (await playground.JudgeAsync(context)).Answer(static verdict => verdict)
            : new ErrorResult(new Error(ErrorCode.RateLimited, "Too many tries within a minute.") { RetryAfter = take.NextAfter });
    }
}
