using System.Globalization;
using System.Text;

namespace LockLLM.Client;

/// <summary>A call to LockLLM failed. Neither message nor properties hold the prompt or a key.</summary>
/// <remarks>
/// Every failure but cancellation is one of these. What a gateway answers keeps its own <see cref="Type"/>,
/// <see cref="Code"/> and <see cref="Status"/>, those included that this version does not know.
/// </remarks>
public class LockLlmException : Exception
{
    /// <summary>An exception with a message of its own.</summary>
    public LockLlmException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Kind of failure, such as <c>lockllm_security_error</c>.</summary>
    public string Type { get; init; } = "unknown_error";

    /// <summary>The failure itself, such as <c>prompt_injection_detected</c>.</summary>
    public string? Code { get; init; }

    /// <summary>HTTP status of the answer; 0 where there was none.</summary>
    public int Status { get; init; }

    /// <summary>Finds the call in the gateway's log.</summary>
    public string? RequestId { get; init; }

    /// <summary>What may be written to a log about this failure: ids, codes and scores.</summary>
    public IReadOnlyDictionary<string, object> ToLogProperties()
    {
        var properties = new Dictionary<string, object>(StringComparer.Ordinal) { ["type"] = Type, ["status"] = Status };
        if (Code is not null)
        {
            properties["code"] = Code;
        }

        if (RequestId is not null)
        {
            properties["request_id"] = RequestId;
        }

        AddLogProperties(properties);
        return properties;
    }

    /// <summary>Message, code and request id, then the trace.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(GetType().FullName).Append(": ").Append(Message);
        if (Code is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $" [{Code}]");
        }

        if (RequestId is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $" (request {RequestId})");
        }

        if (InnerException is not null)
        {
            text.Append(" ---> ").Append(InnerException);
        }

        return StackTrace is { } trace ? text.Append(Environment.NewLine).Append(trace).ToString() : text.ToString();
    }

    private protected virtual void AddLogProperties(Dictionary<string, object> properties)
    {
    }
}
