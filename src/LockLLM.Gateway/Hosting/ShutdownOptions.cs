using System.ComponentModel.DataAnnotations;

namespace LockLLM.Gateway.Hosting;

/// <summary>How the gateway stops.</summary>
internal sealed class ShutdownOptions
{
    /// <summary>How long requests that are under way may still take.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
