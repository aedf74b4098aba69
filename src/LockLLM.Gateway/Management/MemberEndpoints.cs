using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Contracts.Management;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.RequestLog;

namespace LockLLM.Gateway.Management;

/// <summary><c>/api/v1/members</c> and <c>/api/v1/invitations</c>: who may sign in, and who will.</summary>
internal static class MemberEndpoints
{
    public static void MapMemberEndpoints(this RouteGroupBuilder members)
    {
        members.MapGet("", List).Needs(Role.Viewer).WithSummary("List the account's members.").Produces<IReadOnlyList<MemberDetails>>();
        members.MapGet("/" + ManagementEndpoints.Id, Get).Needs(Role.Viewer).WithSummary("Show a member.").Produces<MemberDetails>().Fails(ErrorCode.MemberNotFound);
        members.MapPut("/" + ManagementEndpoints.Id, Update).Confirmed().Needs(Role.Admin).WithSummary("Change a member's name or role, or whether they may sign in; absent fields stay.")
            .Takes<MemberRequest>().Produces<MemberDetails>().Fails(ErrorCode.MemberNotFound, ErrorCode.LastOwner);
        members.MapDelete("/" + ManagementEndpoints.Id, Remove).Confirmed().Needs(Role.Admin).WithSummary("Remove a member and end their sessions.").Produces(StatusCodes.Status200OK).Fails(ErrorCode.MemberNotFound, ErrorCode.LastOwner);
    }

    public static void MapInvitationEndpoints(this RouteGroupBuilder invitations)
    {
        invitations.MapGet("", Invitations).Needs(Role.Admin).WithSummary("List invitations that can still be accepted.").Produces<IReadOnlyList<InvitationDetails>>();
        invitations.MapPost("", Invite).Confirmed().Needs(Role.Admin).WithSummary("Invite somebody; the answer is the only one that shows the token.")
            .Takes<InvitationRequest>().Produces<InvitationDetails>(StatusCodes.Status201Created).Fails(ErrorCode.DuplicateMember);
        invitations.MapDelete("/" + ManagementEndpoints.Id, Withdraw).Needs(Role.Admin).WithSummary("Withdraw an invitation.").Produces(StatusCodes.Status200OK).Fails(ErrorCode.InvitationNotFound);
        invitations.MapPost("/accept", Accept).AllowAnonymous().WithSummary("Become a member, or the owner of a new installation; signs in.")
            .Takes<AcceptInvitationRequest>().Produces<SessionDetails>(StatusCodes.Status201Created).Fails(ErrorCode.InvitationNotFound, ErrorCode.DuplicateMember, ErrorCode.CsrfFailed);
    }

    public static MemberDetails Details(MemberInfo member) => new()
    {
        Id = member.Id,
        Email = member.Email,
        Name = member.Name,
        Role = RequestLogWords.Of(member.Role),
        Enabled = member.IsEnabled,
        Totp = member.HasTotp,
        CreatedAt = member.CreatedAt,
        LastSignedInAt = member.LastSignedInAt,
        LockedUntil = member.LockedUntil,
    };

    private static async Task<IResult> List(HttpContext context, MemberStore store)
    {
        MemberDetails[] members = [.. (await store.ListAsync(context.Actor().AccountId, context.RequestAborted)).Select(Details)];
        return ManagementEndpoints.Json(members);
    }

    private static async Task<IResult> Get(HttpContext context, string id, MemberStore store) =>
        (await store.FindAsync(context.Actor().AccountId, id, context.RequestAborted)).Answer(Details);

    private static async Task<IResult> Update(HttpContext context, string id, MemberStore store)
    {
        var body = await ManagementBody.ReadAsync(context, WireJson.Default.MemberRequest);
        if (body.Error is { } error)
        {
            return new ErrorResult(error);
        }

        var (request, role) = (body.Value!, RoleOf(body.Value!.Role));
        return request.Role is not null && role is null
            ? new ErrorResult(NoRole())
            : (await store.UpdateAsync(context.Actor().AccountId, id, request.Name, role, request.Enabled, Acting(context), context.RequestAborted)).Answer(Details);
    }

    private static async Task<IResult> Remove(HttpContext context, string id, MemberStore store) =>
        (await store.RemoveAsync(context.Actor().AccountId, id, Acting(context), context.RequestAborted)).Done();

    private static async Task<IResult> Invitations(HttpContext context, InvitationStore store)
    {
        InvitationDetails[] invitations = [.. (await store.ListAsync(context.Actor().AccountId, context.RequestAborted)).Select(Details)];
        return ManagementEndpoints.Json(invitations);
    }

    private static async Task<IResult> Invite(HttpContext context, InvitationStore store)
    {
        var body = await ManagementBody.ReadAsync(context, WireJson.Default.InvitationRequest);
        if (body.Error is { } error)
        {
            return new ErrorResult(error);
        }

        return RoleOf(body.Value!.Role) is { } role
            ? (await store.CreateAsync(context.Actor().AccountId, body.Value.Email, role, Acting(context), context.RequestAborted))
                .Answer(static made => Details(made.Invitation) with { Token = made.Token }, StatusCodes.Status201Created)
            : new ErrorResult(NoRole());
    }

    private static async Task<IResult> Withdraw(HttpContext context, string id, InvitationStore store) =>
        (await store.RevokeAsync(context.Actor().AccountId, id, Acting(context), context.RequestAborted)).Done();

    private static async Task<IResult> Accept(HttpContext context, InvitationStore store, SignInLimit limit)
    {
        var body = await ManagementBody.ReadAnonymousAsync(context, WireJson.Default.AcceptInvitationRequest, limit);
        if ((body.Error ?? ManagementBody.Missing(body.Value!.Token, "token")) is { } error)
        {
            return new ErrorResult(error);
        }

        var request = body.Value!;
        return (await store.AcceptAsync(request.Token!, request.Email, request.Name, request.Password, context.TraceIdentifier, context.RequestAborted))
            .Answer(begun => SessionEndpoints.Begin(context, begun), StatusCodes.Status201Created);
    }

    private static InvitationDetails Details(InvitationInfo invitation) => new()
    {
        Id = invitation.Id,
        Email = invitation.Email,
        Role = RequestLogWords.Of(invitation.Role),
        InvitedBy = invitation.InvitedBy,
        CreatedAt = invitation.CreatedAt,
        ExpiresAt = invitation.ExpiresAt,
    };

    private static Acting Acting(HttpContext context) => new(context.Actor().Id, context.Actor().Role, context.TraceIdentifier);

    private static Role? RoleOf(string? word) => word is not null && RequestLogWords.Parse<Role>(word) is { } role and not Role.None ? role : null;

    private static Error NoRole() => new(ErrorCode.InvalidInput, "role must be owner, admin, developer or viewer.", "role");
}
