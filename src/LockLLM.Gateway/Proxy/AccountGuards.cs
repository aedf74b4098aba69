using System.Runtime.CompilerServices;
using LockLLM.Contracts;
using LockLLM.Engine;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Proxy.Guard;
using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Proxy;

/// <summary>What an account wants of the guard, in the guard's own words.</summary>
internal sealed class AccountGuards
{
    private readonly ConditionalWeakTable<AccountSettings, GuardSettings> _translated = [];

    public GuardSettings Of(AccountSettings settings) => _translated.GetValue(settings, static settings => new GuardSettings
    {
        Defaults = new ScanDefaults(
            settings.DefaultScanAction == ScanAction.Block,
            settings.Sensitivity switch
            {
                SensitivityLevel.Low => Sensitivity.Low,
                SensitivityLevel.High => Sensitivity.High,
                _ => Sensitivity.Medium,
            },
            settings.ActionsLocked),
        BlocksOnFailure = settings.OnScanFailure == ScanFailureAction.Block,
        RefusesUnscannable = settings.RefuseUnscannable,
        TrustsDefinitions = !settings.DistrustToolDefinitions,
        FallsBackToOwnServer = settings.Fallback.Any(static line => FallbackEntry.Parse(line)?.Provider == ProviderNames.Custom),
    });
}
