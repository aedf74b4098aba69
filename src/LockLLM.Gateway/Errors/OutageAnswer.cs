namespace LockLLM.Gateway.Errors;

/// <summary>Of an endpoint: what it answers while the database does not, in place of the wire's error.</summary>
internal sealed record OutageAnswer(IResult Answer);
