namespace LockLLM.Gateway.Identity;

/// <summary>Who calls, once the key was accepted.</summary>
internal sealed record Caller(string KeyId);
