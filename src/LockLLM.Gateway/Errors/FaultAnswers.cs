namespace LockLLM.Gateway.Errors;

/// <summary>Of an endpoint that people look at: what it answers in place of the wire's error.</summary>
/// <param name="Outage">While the database does not answer.</param>
/// <param name="Failure">When anything else went wrong that should not have.</param>
internal sealed record FaultAnswers(IResult Outage, IResult Failure);
