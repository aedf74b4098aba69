namespace LockLLM.Gateway.Errors;

/// <summary>The database does not answer. Whoever asked is told 503 and may try again.</summary>
internal sealed class DatabaseUnavailableException(Exception cause) : Exception("The database is not available.", cause);
