using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Contracts.Management;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.ProviderKeys;
using LockLLM.Gateway.Proxy;

namespace LockLLM.Gateway.Management;

/// <summary><c>/api/v1/proxy</c>: the account's provider keys. Secrets go in and never come out.</summary>
internal static class ProviderKeyEndpoints
{
    public static void MapProviderKeyEndpoints(this RouteGroupBuilder keys)
    {
        keys.MapGet("", List).Needs(Role.Viewer).WithSummary("List the account's provider keys.").Produces<IReadOnlyList<ProviderKeyDetails>>();
        keys.MapPost("", Create).Confirmed().Needs(Role.Developer).WithSummary("Store a provider key.").Takes<ProviderKeyRequest>().Produces<ProviderKeyDetails>(StatusCodes.Status201Created).Fails(ErrorCode.InvalidProvider, ErrorCode.DuplicateKey);
        keys.MapGet("/" + ManagementEndpoints.Id, Get).Needs(Role.Viewer).WithSummary("Show a provider key.").Produces<ProviderKeyDetails>().Fails(ErrorCode.KeyNotFound);
        keys.MapPut("/" + ManagementEndpoints.Id, Update).Confirmed().Needs(Role.Developer).WithSummary("Change a provider key; absent fields stay.").Takes<ProviderKeyRequest>().Produces<ProviderKeyDetails>().Fails(ErrorCode.KeyNotFound, ErrorCode.DuplicateKey);
        keys.MapDelete("/" + ManagementEndpoints.Id, Delete).Needs(Role.Developer).WithSummary("Delete a provider key.").Produces(StatusCodes.Status200OK).Fails(ErrorCode.KeyNotFound);
        keys.MapPost("/" + ManagementEndpoints.Id + "/verify", Verify).Needs(Role.Developer).WithSummary("Ask the provider whether a key works.")
            .WithDescription("One call of the provider's list of models; nothing of its answer is kept.").Produces<ProviderKeyCheck>().Fails(ErrorCode.KeyNotFound);
    }

    private static async Task<IResult> List(HttpContext context, ProviderKeyStore store)
    {
        ProviderKeyDetails[] keys = [.. (await store.ListAsync(context.Actor().AccountId, context.RequestAborted)).Select(Details)];
        return ManagementEndpoints.Json(keys);
    }

    private static async Task<IResult> Get(HttpContext context, string id, ProviderKeyStore store) =>
        (await store.FindAsync(context.Actor().AccountId, id, context.RequestAborted)).Answer(Details);

    private static async Task<IResult> Create(HttpContext context, ProviderKeyStore store)
    {
        var draft = await ReadAsync(context);
        if (draft.Error is { } error)
        {
            return new ErrorResult(error);
        }

        var actor = context.Actor();
        return (await store.CreateAsync(actor.AccountId, draft.Value!, actor.Id, context.TraceIdentifier, context.RequestAborted))
            .Answer(Details, StatusCodes.Status201Created);
    }

    private static async Task<IResult> Update(HttpContext context, string id, ProviderKeyStore store)
    {
        var draft = await ReadAsync(context);
        if (draft.Error is { } error)
        {
            return new ErrorResult(error);
        }

        var actor = context.Actor();
        return (await store.UpdateAsync(actor.AccountId, id, draft.Value!, actor.Id, context.TraceIdentifier, context.RequestAborted)).Answer(Details);
    }

    private static async Task<IResult> Delete(HttpContext context, string id, ProviderKeyStore store)
    {
        var actor = context.Actor();
        return (await store.DeleteAsync(actor.AccountId, id, actor.Id, context.TraceIdentifier, context.RequestAborted)).Done();
    }

    private static async Task<IResult> Verify(HttpContext context, string id, ProviderKeyVerification verification)
    {
        var actor = context.Actor();
        var error = await verification.VerifyAsync(actor.AccountId, id, actor.Id, context.TraceIdentifier, context.RequestAborted);
        return error?.Code == ErrorCode.KeyNotFound
            ? new ErrorResult(error)
            : ManagementEndpoints.Json(new ProviderKeyCheck { Works = error is null, Code = error?.Code.Code, Message = error?.Message, UpstreamStatus = error?.UpstreamStatus });
    }

    private static async Task<Outcome<ProviderKeyDraft>> ReadAsync(HttpContext context)
    {
        var body = await ManagementBody.ReadAsync(context, WireJson.Default.ProviderKeyRequest);
        if (body.Error is { } error)
        {
            return error;
        }

        var request = body.Value!;
        return ManagementBody.ControlCharacters(request.EndpointUrl, "endpoint_url") is { } unusable
            ? unusable
            : new ProviderKeyDraft
            {
                Provider = request.Provider,
                ApiKey = request.ApiKey,
                Nickname = request.Nickname,
                EndpointUrl = request.EndpointUrl,
                DeploymentName = request.DeploymentName,
                ApiVersion = request.ApiVersion,
                IsEnabled = request.Enabled,
                IsDefault = request.IsDefault,
            };
    }

    private static ProviderKeyDetails Details(ProviderKeyEntry key) => new()
    {
        Id = key.Id,
        Provider = key.Provider,
        Nickname = key.Nickname.Length > 0 ? key.Nickname : null,
        EndpointUrl = key.EndpointUrl,
        DeploymentName = key.DeploymentName,
        ApiVersion = key.ApiVersion,
        Enabled = key.IsEnabled,
        IsDefault = key.IsDefault,
        Last4 = key.Last4.Length > 0 ? key.Last4 : null,
        CreatedAt = key.CreatedAt,
        UpdatedAt = key.UpdatedAt,
        LastUsedAt = key.LastUsedAt,
    };
}
