using LockLLM.Contracts;
using LockLLM.Engine;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Proxy.Guard;
using LockLLM.Gateway.Scanning;

namespace LockLLM.Gateway.Proxy;

/// <summary>What the account of a caller wants of the guard.</summary>
internal sealed class AccountGuards(ProxyOptions options)
{
    private readonly GuardSettings _shipped = new()
    {
        Defaults = new ScanDefaults(options.DefaultScanAction == ThreatActions.Block, Sensitivity.Medium, AreLocked: false),
        BlocksOnFailure = true,
        RefusesUnscannable = false,
    };

    public GuardSettings Of(HttpContext context) => _shipped;

    public static string AccountOf(HttpContext context) => context.Features.Get<Caller>()!.KeyId;
}
