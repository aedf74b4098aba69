using LockLLM.Gateway.Accounts;

namespace LockLLM.Gateway.Identity;

/// <summary>Who calls, once the key was accepted: the key, and its account as it was when the request came in.</summary>
internal sealed record Caller(ApiKey Key, AccountSnapshot Account)
{
    public string KeyId => Key.Id;

    public string AccountId => Account.AccountId;
}
