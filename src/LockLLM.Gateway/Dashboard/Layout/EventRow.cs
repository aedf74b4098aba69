namespace LockLLM.Gateway.Dashboard.Layout;

/// <summary>A line of the list of events, in words.</summary>
/// <param name="Address">Of the list with this event open.</param>
public sealed record EventRow(
    string Id, DateTimeOffset At, string Verdict, string Score, string Category, string Status, string Key, string Provider, string Model, string Took, string RequestId, string Address);
