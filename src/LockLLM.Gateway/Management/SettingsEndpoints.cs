using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Contracts.Management;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.RequestLog;

namespace LockLLM.Gateway.Management;

/// <summary><c>/api/v1/settings</c>: how the account's requests are treated where they do not say.</summary>
internal static class SettingsEndpoints
{
    private const int MaxRetentionDays = 365;
    private const int MaxFallbacks = 10;
    private const int MaxFallbackLength = 512;

    public static void MapSettingsEndpoints(this RouteGroupBuilder settings)
    {
        settings.MapGet("", Get).Needs(Role.Viewer).WithSummary("Show the account's settings.").Produces<AccountSettingsDetails>();
        settings.MapPut("", Update).Needs(Role.Admin).WithSummary("Change the account's settings; absent fields stay.").Takes<AccountSettingsDetails>().Produces<AccountSettingsDetails>();
    }

    private static IResult Get(HttpContext context) => ManagementEndpoints.Json(Details(context.Actor().Account.Settings));

    private static async Task<IResult> Update(HttpContext context, AccountStore store)
    {
        var body = await ManagementBody.ReadAsync(context, WireJson.Default.AccountSettingsDetails);
        if (body.Error is { } error)
        {
            return new ErrorResult(error);
        }

        var actor = context.Actor();
        return (await store.UpdateSettingsAsync(actor.AccountId, current => Apply(current, body.Value!), actor.Id, context.TraceIdentifier, context.RequestAborted)).Answer(Details);
    }

    private static Outcome<AccountSettings> Apply(AccountSettings current, AccountSettingsDetails wanted)
    {
        var action = RequestLogWords.Parse<ScanAction>(wanted.DefaultScanAction ?? "");
        var level = RequestLogWords.Parse<SensitivityLevel>(wanted.Sensitivity ?? "");
        var failure = RequestLogWords.Parse<ScanFailureAction>(wanted.OnScanFailure ?? "");
        return wanted switch
        {
            { DefaultScanAction: not null } when action is null => Invalid("default_scan_action", "block or allow_with_warning"),
            { Sensitivity: not null } when level is null => Invalid("sensitivity", "low, medium or high"),
            { OnScanFailure: not null } when failure is null => Invalid("on_scan_failure", "block or allow"),
            { RetentionDays: < 1 or > MaxRetentionDays } => Invalid("retention_days", "1 to 365"),
            { Fallback.Count: > MaxFallbacks } => Invalid("fallback", "at most 10 lines"),
            { Fallback: { } lines } when !lines.All(IsFallback) => Invalid("fallback", "lines such as mistral, mistral:spare or mistral:spare mistral-large-latest"),
            _ => current with
            {
                DefaultScanAction = action ?? current.DefaultScanAction,
                Sensitivity = level ?? current.Sensitivity,
                OnScanFailure = failure ?? current.OnScanFailure,
                ActionsLocked = wanted.ActionsLocked ?? current.ActionsLocked,
                RefuseUnscannable = wanted.RefuseUnscannable ?? current.RefuseUnscannable,
                DistrustToolDefinitions = wanted.DistrustToolDefinitions ?? current.DistrustToolDefinitions,
                RetentionDays = wanted.RetentionDays ?? current.RetentionDays,
                Fallback = wanted.Fallback ?? current.Fallback,
            },
        };
    }

    // JSON may hold null where the type says it cannot.
    private static bool IsFallback(string? line) => line is { Length: <= MaxFallbackLength }
        && !line.AsSpan().ContainsAnyExceptInRange(' ', '~')
        && FallbackEntry.Parse(line) is { } entry
        && ProviderNames.All.Contains(entry.Provider, StringComparer.Ordinal);

    private static Error Invalid(string field, string values) => new(ErrorCode.InvalidInput, $"{field} must be {values}.", field);

    private static AccountSettingsDetails Details(AccountSettings settings) => new()
    {
        DefaultScanAction = RequestLogWords.Of(settings.DefaultScanAction),
        Sensitivity = RequestLogWords.Of(settings.Sensitivity),
        OnScanFailure = RequestLogWords.Of(settings.OnScanFailure),
        ActionsLocked = settings.ActionsLocked,
        RefuseUnscannable = settings.RefuseUnscannable,
        DistrustToolDefinitions = settings.DistrustToolDefinitions,
        RetentionDays = settings.RetentionDays,
        Fallback = settings.Fallback,
    };
}
