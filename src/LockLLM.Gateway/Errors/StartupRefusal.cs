namespace LockLLM.Gateway.Errors;

/// <summary>A start that must not go on. The message is one sentence for the operator and names the setting to change.</summary>
internal sealed class StartupRefusal(string message) : Exception(message);
