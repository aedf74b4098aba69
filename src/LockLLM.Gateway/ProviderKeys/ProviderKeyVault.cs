using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;

namespace LockLLM.Gateway.ProviderKeys;

/// <summary>A secret in the clear, for one call.</summary>
/// <param name="Host">The only host it may be sent to.</param>
internal sealed record OpenedProviderKey(string Secret, string? Host)
{
    /// <summary>Tells the length, so that no secret reaches a log by way of string formatting.</summary>
    public override string ToString() => $"{nameof(OpenedProviderKey)}, secret of {Secret.Length} characters";
}

/// <summary>The only place where provider keys are opened. Each opening is recorded; nothing waits for the record.</summary>
internal sealed partial class ProviderKeyVault(SecretProtector protector, AuditTrail audit, LastUse lastUse, TimeProvider clock, ILogger<ProviderKeyVault> logger)
{
    /// <param name="actor">Id of the API key or member on whose behalf.</param>
    public Outcome<OpenedProviderKey> Open(ProviderKeyEntry entry, string requestId, string actor = AuditEvent.SystemActor)
    {
        var secret = protector.OpenText(entry.Secret, ProviderKeyStore.PlaceOf(entry.Id, entry.AccountId));
        audit.Add(new AuditEvent(secret is null ? "provider_key.open_failed" : "provider_key.opened", entry.AccountId, actor, entry.Id, requestId));
        if (secret is null)
        {
            LogUnreadable(entry.Id, requestId);
            return new Error(ErrorCode.ProviderMisconfigured, $"The key stored for provider {entry.Provider} cannot be read. Store it again.") { Provider = entry.Provider };
        }

        lastUse.OfProviderKey(entry.Id, clock.GetUtcNow());
        return new OpenedProviderKey(secret, entry.Host);
    }

    [LoggerMessage(EventId = 1501, Level = LogLevel.Error, Message = "Provider key {KeyId} does not open for {RequestId}: it was tampered with, or is sealed under a master key that is not at hand")]
    private partial void LogUnreadable(string keyId, string requestId);
}
