using System.Text.Json;

namespace LockLLM.Client;

/// <summary>The gateway looked at the text and refused it. Sending it again gets the same answer.</summary>
public class RequestRefusedException : LockLlmException
{
    /// <summary>A refusal with a message of its own.</summary>
    public RequestRefusedException(string message)
        : base(message)
    {
    }
}

/// <summary>The text attacks the model's instructions.</summary>
public sealed class PromptInjectionException : RequestRefusedException
{
    /// <summary>A refusal with a message of its own.</summary>
    public PromptInjectionException(string message)
        : base(message)
    {
        Type = "lockllm_security_error";
        Code = "prompt_injection_detected";
        Status = 400;
    }

    /// <summary>The verdict, where the gateway sent one.</summary>
    public RefusedScan? ScanResult { get; init; }

    private protected override void AddLogProperties(Dictionary<string, object> properties)
    {
        if (ScanResult?.InjectionScore is { } injection)
        {
            properties["injection"] = injection;
        }

        if (ScanResult?.Confidence is { } confidence)
        {
            properties["confidence"] = confidence;
        }
    }
}

/// <summary>The verdict inside a refusal.</summary>
public sealed record RefusedScan
{
    /// <summary>False.</summary>
    public bool IsSafe { get; init; }

    /// <summary>1.</summary>
    public int Label { get; init; } = 1;

    /// <summary>Certainty, 0 to 100.</summary>
    public double? Confidence { get; init; }

    /// <summary>Risk, 0 to 100.</summary>
    public double? InjectionScore { get; init; }

    /// <summary>The level used; null for one that this version does not know.</summary>
    public Sensitivity? Sensitivity { get; init; }

    /// <summary>The attacks, most severe first.</summary>
    public IReadOnlyList<Threat> Threats { get; init; } = [];
}

/// <summary>The text violates a content policy.</summary>
public sealed class PolicyViolationException : RequestRefusedException
{
    /// <summary>A refusal with a message of its own.</summary>
    public PolicyViolationException(string message)
        : base(message)
    {
        Type = "lockllm_policy_error";
        Code = "policy_violation";
        Status = 403;
    }

    /// <summary>The policies.</summary>
    public IReadOnlyList<PolicyWarning> ViolatedPolicies { get; init; } = [];

    private protected override void AddLogProperties(Dictionary<string, object> properties) => properties["policies"] = ViolatedPolicies.Count;
}

/// <summary>The call looks like automated misuse.</summary>
public sealed class AbuseDetectedException : RequestRefusedException
{
    /// <summary>A refusal with a message of its own.</summary>
    public AbuseDetectedException(string message)
        : base(message)
    {
        Type = "lockllm_abuse_error";
        Code = "abuse_detected";
        Status = 400;
    }

    /// <summary>What was seen.</summary>
    public AbuseWarnings? AbuseDetails { get; init; }

    /// <summary>The same as the gateway sent it.</summary>
    public JsonElement? RawDetails { get; init; }

    private protected override void AddLogProperties(Dictionary<string, object> properties)
    {
        if (AbuseDetails?.Confidence is { } confidence)
        {
            properties["confidence"] = confidence;
        }
    }
}

/// <summary>The text holds personal data.</summary>
public sealed class PiiDetectedException : RequestRefusedException
{
    /// <summary>A refusal with a message of its own.</summary>
    public PiiDetectedException(string message)
        : base(message)
    {
        Type = "lockllm_pii_error";
        Code = "pii_detected";
        Status = 403;
    }

    /// <summary>Kinds of data, such as <c>email</c>.</summary>
    public IReadOnlyList<string> EntityTypes { get; init; } = [];

    /// <summary>How many pieces.</summary>
    public int EntityCount { get; init; }

    private protected override void AddLogProperties(Dictionary<string, object> properties) => properties["entity_count"] = EntityCount;
}
