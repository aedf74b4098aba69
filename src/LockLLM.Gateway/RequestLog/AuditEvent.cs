namespace LockLLM.Gateway.RequestLog;

/// <summary>Something that somebody did and that has to be told later.</summary>
/// <param name="Action">Word such as <c>api_key.created</c>.</param>
/// <param name="AccountId">Null for acts on the installation.</param>
/// <param name="Actor">Id of the member or API key, or <see cref="SystemActor"/>.</param>
/// <param name="Target">Id of what was acted on.</param>
/// <param name="Detail">Names of what changed. Never a value that is secret or free text of a caller.</param>
internal sealed record AuditEvent(string Action, string? AccountId, string Actor, string? Target = null, string? RequestId = null, string? Detail = null)
{
    /// <summary>The gateway itself, or an operator at its command line.</summary>
    public const string SystemActor = "system";
}
