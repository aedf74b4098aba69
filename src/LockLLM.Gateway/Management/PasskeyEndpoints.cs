using System.Text.Json;
using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Contracts.Management;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members;

namespace LockLLM.Gateway.Management;

/// <summary>Passkeys: <c>/api/v1/me/passkeys</c> keeps them, <c>/api/v1/session/passkey</c> signs in with one.</summary>
internal static class PasskeyEndpoints
{
    private static readonly Error s_refused = new(ErrorCode.InvalidInput, "This is not an answer to what the browser was asked, or it comes from another address. Begin again.", "credential");

    public static void MapPasskeyEndpoints(this RouteGroupBuilder passkeys)
    {
        passkeys.MapGet("", List).MembersOnly().Needs(Role.Viewer).WithSummary("List one's passkeys.").Produces<IReadOnlyList<PasskeyDetails>>();
        passkeys.MapPost("/begin", BeginAdding).MembersOnly().Confirmed().Needs(Role.Viewer).WithSummary("Begin to add a passkey: what to ask the browser for.").Produces<PasskeyChallenge>();
        passkeys.MapPost("", Add).MembersOnly().Confirmed().Needs(Role.Viewer).WithSummary("Add the passkey that the browser made.").Takes<PasskeyRequest>().Produces<PasskeyDetails>(StatusCodes.Status201Created);
        passkeys.MapPut("/" + ManagementEndpoints.Id, Rename).MembersOnly().Needs(Role.Viewer).WithSummary("Rename a passkey.").Takes<PasskeyRequest>().Produces<PasskeyDetails>().Fails(ErrorCode.PasskeyNotFound);
        passkeys.MapDelete("/" + ManagementEndpoints.Id, Remove).MembersOnly().Confirmed().Needs(Role.Viewer).WithSummary("Remove a passkey; all other sessions end.")
            .Produces<SessionDetails>().Fails(ErrorCode.PasskeyNotFound, ErrorCode.LastCredential);
    }

    public static void MapPasskeySignIn(this RouteGroupBuilder session)
    {
        session.MapPost("/passkey/begin", BeginSignIn).AllowAnonymous().WithSummary("Begin to sign in, or to confirm, with a passkey: what to ask the browser for.").Produces<PasskeyChallenge>().Fails(ErrorCode.CsrfFailed);
        session.MapPost("/passkey", SignIn).AllowAnonymous().WithSummary("Sign in with a passkey; the answer sets the session's cookie.").Takes<PasskeyRequest>()
            .Produces<SessionDetails>(StatusCodes.Status201Created).Fails(ErrorCode.SignInFailed, ErrorCode.CsrfFailed);
        session.MapPost("/confirm/passkey", Confirm).MembersOnly().Needs(Role.Viewer).WithSummary("Show a passkey in place of the password, so that secrets may be made and changed for a while.")
            .Takes<PasskeyRequest>().Produces<SessionDetails>().Fails(ErrorCode.SignInFailed);
    }

    private static async Task<IResult> List(HttpContext context, PasskeyStore store)
    {
        PasskeyDetails[] passkeys = [.. (await store.ListAsync(context.SignedIn().Member, context.RequestAborted)).Select(Details)];
        return ManagementEndpoints.Json(passkeys);
    }

    private static async Task<IResult> BeginAdding(HttpContext context, PasskeyCeremony ceremony, ChallengeStore challenges)
    {
        var member = context.SignedIn().Member;
        var question = await ceremony.AskForNewAsync(member, context);
        return Challenge(await challenges.AddAsync(ChallengePurpose.AddPasskey, member.Id, question.State, context.RequestAborted), question);
    }

    private static async Task<IResult> Add(HttpContext context, PasskeyStore store, PasskeyCeremony ceremony, ChallengeStore challenges)
    {
        var body = await ManagementBody.ReadAsync(context, WireJson.Default.PasskeyRequest);
        if ((body.Error ?? Missing(body.Value!) ?? MemberStore.NameProblem(body.Value!.Name ?? "")) is { } error)
        {
            return new ErrorResult(error);
        }

        var (request, member) = (body.Value!, context.SignedIn().Member);
        var state = await challenges.TakeAsync(ChallengePurpose.AddPasskey, member.Id, request.Id!, context.RequestAborted);
        if (state.Error is { } late)
        {
            return new ErrorResult(late);
        }

        return await ceremony.AcceptNewAsync(state.Value!, request.Credential!.Value.GetRawText(), context) is { } passkey
            ? (await store.AddAsync(member, request.Name, passkey, context.TraceIdentifier, context.RequestAborted)).Answer(Details, StatusCodes.Status201Created)
            : new ErrorResult(s_refused);
    }

    private static async Task<IResult> Rename(HttpContext context, string id, PasskeyStore store)
    {
        var body = await ManagementBody.ReadAsync(context, WireJson.Default.PasskeyRequest);
        return body.Error is { } error
            ? new ErrorResult(error)
            : (await store.RenameAsync(context.SignedIn().Member, id, body.Value!.Name, context.TraceIdentifier, context.RequestAborted)).Answer(Details);
    }

    private static async Task<IResult> Remove(HttpContext context, string id, PasskeyStore store) =>
        (await store.RemoveAsync(context.SignedIn(), id, context.TraceIdentifier, context.RequestAborted)).Answer(begun => SessionEndpoints.Begin(context, begun));

    private static async Task<IResult> BeginSignIn(HttpContext context, PasskeyCeremony ceremony, ChallengeStore challenges, SignInLimit limit)
    {
        if (await limit.TakeAsync(context) is { } refused)
        {
            return new ErrorResult(refused);
        }

        var question = await ceremony.AskAsync(context);
        return Challenge(await challenges.AddAsync(ChallengePurpose.UsePasskey, null, question.State, context.RequestAborted), question);
    }

    private static async Task<IResult> SignIn(HttpContext context, SignInStore store, SignInLimit limit)
    {
        var body = await ManagementBody.ReadAnonymousAsync(context, WireJson.Default.PasskeyRequest, limit);
        return (body.Error ?? Missing(body.Value!)) is { } error
            ? new ErrorResult(error)
            : (await store.SignInByPasskeyAsync(body.Value!.Id!, body.Value.Credential!.Value, context)).Answer(begun => SessionEndpoints.Begin(context, begun), StatusCodes.Status201Created);
    }

    private static async Task<IResult> Confirm(HttpContext context, SignInStore store, SignInLimit limit)
    {
        var body = await ManagementBody.ReadAnonymousAsync(context, WireJson.Default.PasskeyRequest, limit);
        if ((body.Error ?? Missing(body.Value!)) is { } error)
        {
            return new ErrorResult(error);
        }

        var signedIn = context.SignedIn();
        return (await store.ConfirmByPasskeyAsync(signedIn, body.Value!.Id!, body.Value.Credential!.Value, context))
            .Answer(at => SessionEndpoints.Details(context, signedIn with { AuthenticatedAt = at }, SessionCookie.Read(context.Request)!));
    }

    private static IResult Challenge(string token, PasskeyQuestion question)
    {
        using var options = JsonDocument.Parse(question.Options);
        return ManagementEndpoints.Json(new PasskeyChallenge { Id = token, Options = options.RootElement.Clone() });
    }

    private static Error? Missing(PasskeyRequest request) => ManagementBody.Missing(request.Id, "id")
        ?? (request.Credential is { ValueKind: JsonValueKind.Object } ? null : new Error(ErrorCode.MissingField, "Give the credential that the browser made.", "credential"));

    private static PasskeyDetails Details(PasskeyInfo passkey) => new()
    {
        Id = passkey.Id,
        Name = passkey.Name,
        BackedUp = passkey.IsBackedUp,
        CreatedAt = passkey.CreatedAt,
        LastUsedAt = passkey.LastUsedAt,
    };
}
