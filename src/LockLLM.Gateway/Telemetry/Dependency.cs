namespace LockLLM.Gateway.Telemetry;

/// <summary>Something that the gateway works with, and whether it answers at the moment. Asking costs nothing.</summary>
/// <param name="IsRequired">Without it the gateway takes no requests; without others it goes on with less.</param>
internal sealed record Dependency(string Name, Func<bool> IsUp, bool IsRequired = false);
