namespace LockLLM.Client;

/// <summary>The key is missing or not accepted.</summary>
public sealed class LockLlmAuthenticationException : LockLlmException
{
    /// <summary>A failure with a message of its own.</summary>
    public LockLlmAuthenticationException(string message)
        : base(message)
    {
        Type = "authentication_error";
        Code = "unauthorized";
        Status = 401;
    }
}

/// <summary>Too many requests, after all repetitions.</summary>
public sealed class LockLlmRateLimitException : LockLlmException
{
    /// <summary>A failure with a message of its own.</summary>
    public LockLlmRateLimitException(string message)
        : base(message)
    {
        Type = "rate_limit_error";
        Code = "rate_limited";
        Status = 429;
    }

    /// <summary>When to try again, where the gateway said so.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>The balance does not cover the call.</summary>
public sealed class InsufficientCreditsException : LockLlmException
{
    /// <summary>A failure with a message of its own.</summary>
    public InsufficientCreditsException(string message)
        : base(message)
    {
        Type = "lockllm_balance_error";
        Code = "insufficient_credits";
        Status = 402;
    }

    /// <summary>US dollars left.</summary>
    public decimal? CurrentBalance { get; init; }

    /// <summary>US dollars the call would cost, estimated.</summary>
    public decimal? EstimatedCost { get; init; }
}

/// <summary>The model provider could not be reached or did not accept the stored key.</summary>
public sealed class LockLlmUpstreamException : LockLlmException
{
    /// <summary>A failure with a message of its own.</summary>
    public LockLlmUpstreamException(string message)
        : base(message)
    {
        Type = "upstream_error";
        Code = "provider_error";
        Status = 502;
    }

    /// <summary>Its name, such as <c>openai</c>.</summary>
    public string? Provider { get; init; }

    /// <summary>The status that it answered; 0 where it answered none.</summary>
    public int? UpstreamStatus { get; init; }
}

/// <summary>The client's options, or the account's set-up, do not allow the call.</summary>
public sealed class LockLlmConfigurationException : LockLlmException
{
    /// <summary>A failure with a message of its own.</summary>
    public LockLlmConfigurationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Type = "configuration_error";
        Code = "invalid_config";
        Status = 400;
    }
}

/// <summary>The gateway could not be reached, after all repetitions. <see cref="Exception.InnerException"/> tells why.</summary>
public sealed class LockLlmNetworkException : LockLlmException
{
    /// <summary>A failure with a message of its own.</summary>
    public LockLlmNetworkException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Type = "network_error";
        Code = "connection_failed";
    }
}
