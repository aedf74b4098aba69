using System.ComponentModel.DataAnnotations;

namespace LockLLM.Gateway.RequestLog;

/// <summary>What is kept of requests.</summary>
internal sealed class RequestLogOptions
{
    /// <summary>Of accounts that have no figure of their own.</summary>
    [Range(1, 365)]
    public int RetentionDays { get; set; } = 30;
}
