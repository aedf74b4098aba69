using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Contracts.Management;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.RequestLog;

namespace LockLLM.Gateway.Management;

/// <summary><c>/api/v1/keys</c>.</summary>
internal static class ApiKeyEndpoints
{
    public static void MapApiKeyEndpoints(this RouteGroupBuilder keys)
    {
        keys.MapGet("", List).Needs(Role.Viewer).WithSummary("List the account's API keys.").Produces<IReadOnlyList<ApiKeyDetails>>();
        keys.MapPost("", Create).Confirmed().Needs(Role.Developer).WithSummary("Create an API key; the answer is the only one that shows it.").Takes<ApiKeyRequest>().Produces<ApiKeyDetails>(StatusCodes.Status201Created).Fails(ErrorCode.InvalidProvider);
        keys.MapGet("/" + ManagementEndpoints.Id, Get).Needs(Role.Viewer).WithSummary("Show an API key.").Produces<ApiKeyDetails>().Fails(ErrorCode.KeyNotFound);
        keys.MapPut("/" + ManagementEndpoints.Id, Update).Confirmed().Needs(Role.Developer).WithSummary("Replace an API key's name and limits; the secret stays.").Takes<ApiKeyRequest>().Produces<ApiKeyDetails>().Fails(ErrorCode.InvalidProvider, ErrorCode.KeyNotFound);
        keys.MapPost("/" + ManagementEndpoints.Id + "/rotate", Rotate).Confirmed().Needs(Role.Developer).WithSummary("Replace an API key; the former one is accepted until the grace ends.").Takes<RotateApiKeyRequest>().Produces<ApiKeyDetails>(StatusCodes.Status201Created).Fails(ErrorCode.KeyNotFound, ErrorCode.KeyNotActive);
        keys.MapDelete("/" + ManagementEndpoints.Id, Revoke).Needs(Role.Developer).WithSummary("Revoke an API key, at once and for good.").Produces<ApiKeyDetails>().Fails(ErrorCode.KeyNotFound);
    }

    private static async Task<IResult> List(HttpContext context, ApiKeyStore store, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        ApiKeyDetails[] keys = [.. (await store.ListAsync(context.Actor().AccountId, context.RequestAborted)).Select(key => Details(key, now))];
        return ManagementEndpoints.Json(keys);
    }

    private static async Task<IResult> Get(HttpContext context, string id, ApiKeyStore store, TimeProvider clock) =>
        (await store.FindAsync(context.Actor().AccountId, id, context.RequestAborted)).Answer(key => Details(key, clock.GetUtcNow()));

    private static async Task<IResult> Create(HttpContext context, ApiKeyStore store, TimeProvider clock)
    {
        var draft = await ReadAsync(context);
        if (draft.Error is { } error)
        {
            return new ErrorResult(error);
        }

        var actor = context.Actor();
        var created = await store.CreateAsync(actor.AccountId, draft.Value!.ToDraft(), actor.Id, context.TraceIdentifier, context.RequestAborted);
        return created.Answer(made => Details(made.Key, clock.GetUtcNow()) with { Key = made.Secret }, StatusCodes.Status201Created);
    }

    private static async Task<IResult> Update(HttpContext context, string id, ApiKeyStore store, TimeProvider clock)
    {
        var body = await ReadAsync(context);
        if (body.Error is { } error)
        {
            return new ErrorResult(error);
        }

        var actor = context.Actor();
        return (await store.UpdateAsync(actor.AccountId, id, body.Value!.ToDraft(), actor.Id, context.TraceIdentifier, context.RequestAborted)).Answer(key => Details(key, clock.GetUtcNow()));
    }

    private static async Task<IResult> Rotate(HttpContext context, string id, ApiKeyStore store, TimeProvider clock)
    {
        var body = await ManagementBody.ReadAsync(context, WireJson.Default.RotateApiKeyRequest);
        if (body.Error is { } error)
        {
            return new ErrorResult(error);
        }

        var actor = context.Actor();
        // The store refuses what is out of range; a span of any number of hours cannot be had.
        var grace = TimeSpan.FromHours(Math.Clamp(body.Value!.GraceHours ?? 0, -1, 1000));
        var created = await store.RotateAsync(actor.AccountId, id, grace, actor.Id, context.TraceIdentifier, context.RequestAborted);
        return created.Answer(made => Details(made.Key, clock.GetUtcNow()) with { Key = made.Secret }, StatusCodes.Status201Created);
    }

    private static async Task<IResult> Revoke(HttpContext context, string id, ApiKeyStore store, TimeProvider clock)
    {
        var actor = context.Actor();
        var revoked = await store.RevokeAsync(actor.AccountId, id, actor.Id, context.TraceIdentifier, context.RequestAborted);
        return revoked.Answer(key => Details(key, clock.GetUtcNow()));
    }

    private static async Task<Outcome<ApiKeyRequest>> ReadAsync(HttpContext context)
    {
        var body = await ManagementBody.ReadAsync(context, WireJson.Default.ApiKeyRequest);
        return ManagementBody.ControlCharacters(body.Value?.Name, "name") is { } error ? error : body;
    }

    private static ApiKeyDraft ToDraft(this ApiKeyRequest request) => new(request.Name ?? "")
    {
        ExpiresAt = request.ExpiresAt?.ToUniversalTime(),
        RequestsPerMinute = request.RequestsPerMinute,
        AllowedProviders = Entries(request.AllowedProviders),
        AllowedNetworks = Entries(request.AllowedNetworks),
        IsEnabled = request.Enabled,
    };

    // JSON may hold null where the type says it cannot.
    private static IReadOnlyList<string> Entries(IReadOnlyList<string>? list) => [.. (list ?? []).Select(static entry => entry ?? "")];

    private static ApiKeyDetails Details(ApiKey key, DateTimeOffset now) => new()
    {
        Id = key.Id,
        Name = key.Name,
        Last4 = key.Last4,
        Status = RequestLogWords.Of(key.StatusAt(now)),
        CreatedAt = key.CreatedAt,
        LastUsedAt = key.LastUsedAt,
        ExpiresAt = key.ExpiresAt,
        RevokedAt = key.RevokedAt,
        RequestsPerMinute = key.RequestsPerMinute,
        AllowedProviders = key.AllowedProviders.Count > 0 ? key.AllowedProviders : null,
        AllowedNetworks = key.AllowedNetworks.Count > 0 ? [.. key.AllowedNetworks.Select(static network => network.ToString())] : null,
        ReplacedById = key.ReplacedById,
    };
}
