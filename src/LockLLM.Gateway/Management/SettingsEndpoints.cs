using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Contracts.Management;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Management;

/// <summary><c>/api/v1/settings</c>: how the account's requests are treated where they do not say.</summary>
internal static class SettingsEndpoints
{
    private const int MaxRetentionDays = 365;

    public static void MapSettingsEndpoints(this RouteGroupBuilder settings)
    {
        settings.MapGet("", Get).Needs(Role.Viewer).WithSummary("Show the account's settings.").Produces<AccountSettingsDetails>();
        settings.MapPut("", Update).Needs(Role.Admin).WithSummary("Change the account's settings; absent fields stay.").Takes<AccountSettingsDetails>().Produces<AccountSettingsDetails>();
    }

    private static IResult Get(HttpContext context) => ManagementEndpoints.Json(Details(context.Caller().Account.Settings));

    private static async Task<IResult> Update(HttpContext context, AccountStore store)
    {
        var body = await ManagementBody.ReadAsync(context, WireJson.Default.AccountSettingsDetails);
        if (body.Error is { } error)
        {
            return new ErrorResult(error);
        }

        var caller = context.Caller();
        return (await store.UpdateSettingsAsync(caller.AccountId, current => Apply(current, body.Value!), caller.KeyId, context.TraceIdentifier, context.RequestAborted)).Answer(Details);
    }

    private static Outcome<AccountSettings> Apply(AccountSettings current, AccountSettingsDetails wanted)
    {
        ScanAction? action = wanted.DefaultScanAction switch { "block" => ScanAction.Block, "allow_with_warning" => ScanAction.AllowWithWarning, _ => null };
        SensitivityLevel? level = wanted.Sensitivity switch { "low" => SensitivityLevel.Low, "medium" => SensitivityLevel.Medium, "high" => SensitivityLevel.High, _ => null };
        ScanFailureAction? failure = wanted.OnScanFailure switch { "block" => ScanFailureAction.Block, "allow" => ScanFailureAction.Allow, _ => null };
        return wanted switch
        {
            { DefaultScanAction: not null } when action is null => Invalid("default_scan_action", "block or allow_with_warning"),
            { Sensitivity: not null } when level is null => Invalid("sensitivity", "low, medium or high"),
            { OnScanFailure: not null } when failure is null => Invalid("on_scan_failure", "block or allow"),
            { RetentionDays: < 1 or > MaxRetentionDays } => Invalid("retention_days", "1 to 365"),
            _ => current with
            {
                DefaultScanAction = action ?? current.DefaultScanAction,
                Sensitivity = level ?? current.Sensitivity,
                OnScanFailure = failure ?? current.OnScanFailure,
                ActionsLocked = wanted.ActionsLocked ?? current.ActionsLocked,
                RefuseUnscannable = wanted.RefuseUnscannable ?? current.RefuseUnscannable,
                RetentionDays = wanted.RetentionDays ?? current.RetentionDays,
            },
        };
    }

    private static Error Invalid(string field, string values) => new(ErrorCode.InvalidInput, $"{field} must be {values}.", field);

    private static AccountSettingsDetails Details(AccountSettings settings) => new()
    {
        DefaultScanAction = settings.DefaultScanAction == ScanAction.Block ? "block" : "allow_with_warning",
        Sensitivity = settings.Sensitivity switch { SensitivityLevel.Low => "low", SensitivityLevel.High => "high", _ => "medium" },
        OnScanFailure = settings.OnScanFailure == ScanFailureAction.Block ? "block" : "allow",
        ActionsLocked = settings.ActionsLocked,
        RefuseUnscannable = settings.RefuseUnscannable,
        RetentionDays = settings.RetentionDays,
    };
}
