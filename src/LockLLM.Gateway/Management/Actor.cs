using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Members;

namespace LockLLM.Gateway.Management;

/// <summary>Who manages, once the role was found to suffice.</summary>
/// <param name="Id">As the audit trail names it: of the API key or the member.</param>
internal sealed record Actor(string Id, Role Role, AccountSnapshot Account)
{
    public string AccountId => Account.AccountId;
}
