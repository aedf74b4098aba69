using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using LockLLM.Contracts;
using LockLLM.Gateway.Proxy.Protocols;
using LockLLM.Gateway.Proxy.Upstream;
using LockLLM.Gateway.Telemetry;

namespace LockLLM.Gateway.Proxy;

/// <summary>
/// Calls to models in the words of OpenTelemetry's semantic conventions for generative AI. Content is never part of it, and
/// models are named in traces only: callers choose the names, and each one would be a series of its own.
/// </summary>
internal sealed class ProxyTelemetry
{
    public const string MeterName = "LockLLM.Gateway.GenAi";

    private const string Operation = "gen_ai.operation.name";
    private const string Provider = "gen_ai.provider.name";

    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstChunk;
    private readonly Histogram<long> _tokens;

    public ProxyTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        // The boundaries that the conventions ask for.
        var seconds = new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] };
        var tokens = new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864] };
        _duration = meter.CreateHistogram("gen_ai.client.operation.duration", "s", "Time of a call to a model.", advice: seconds);
        _firstChunk = meter.CreateHistogram("gen_ai.client.operation.time_to_first_chunk", "s", "Time to the head of a streamed answer.", advice: seconds);
        _tokens = meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "Tokens as the provider counts them.", advice: tokens);
    }

    /// <summary>A span for a call to a model; null when nobody listens or it is none.</summary>
    public static Activity? Begin(ProxyExchange exchange) =>
        OperationOf(exchange.Protocol) is { } operation ? GatewayActivity.Source.StartActivity(operation, ActivityKind.Client) : null;

    public void End(Activity? span, ProxyExchange exchange, TimeSpan duration)
    {
        if (OperationOf(exchange.Protocol) is not { } operation || exchange.Result is not { } result)
        {
            return;
        }

        var provider = NameOf(result.Route.Target.Provider.Name);
        var error = ErrorOf(result);
        var tags = new TagList { { Operation, operation }, { Provider, provider } };
        if (result.Usage.Input > 0)
        {
            _tokens.Record(result.Usage.Input, [.. tags, new("gen_ai.token.type", "input")]);
        }

        if (result.Usage.Output > 0)
        {
            _tokens.Record(result.Usage.Output, [.. tags, new("gen_ai.token.type", "output")]);
        }

        if (exchange.IsStream && result.Latency > TimeSpan.Zero)
        {
            _firstChunk.Record(result.Latency.TotalSeconds, tags);
        }

        if (error is not null)
        {
            tags.Add("error.type", error);
        }

        _duration.Record(duration.TotalSeconds, tags);
        if (span is { IsAllDataRequested: true })
        {
            Describe(span, exchange, result, operation, provider, error);
        }
    }

    private static void Describe(Activity span, ProxyExchange exchange, UpstreamResult result, string operation, string provider, string? error)
    {
        var model = ProxyRecords.ModelOf(exchange);
        span.DisplayName = model is null ? operation : $"{operation} {model}";
        span.SetTag(Operation, operation);
        span.SetTag(Provider, provider);
        span.SetTag("gen_ai.request.model", model);
        span.SetTag("gen_ai.usage.input_tokens", result.Usage.Input > 0 ? result.Usage.Input : null);
        span.SetTag("gen_ai.usage.output_tokens", result.Usage.Output > 0 ? result.Usage.Output : null);
        span.SetTag("http.response.status_code", result.Status > 0 ? result.Status : null);
        span.SetTag("lockllm.request_id", exchange.RequestId);
        span.SetTag("lockllm.attempts", result.Attempts);
        if (error is not null)
        {
            span.SetTag("error.type", error);
            span.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static string? ErrorOf(UpstreamResult result) => result switch
    {
        { End: UpstreamEnd.CallerGone } => "client_closed_request",
        { Error: { } error } => error.Code.Code,
        { End: UpstreamEnd.BrokenOff } => "broken_off",
        { Status: >= 400 } => result.Status.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string? OperationOf(ProtocolKind protocol) => protocol switch
    {
        ProtocolKind.OpenAiChat or ProtocolKind.OpenAiResponses or ProtocolKind.AnthropicMessages or ProtocolKind.CohereChat or ProtocolKind.BedrockConverse => "chat",
        ProtocolKind.OpenAiCompletions => "text_completion",
        ProtocolKind.GeminiContent => "generate_content",
        ProtocolKind.OpenAiEmbeddings or ProtocolKind.GeminiEmbeddings or ProtocolKind.CohereEmbeddings => "embeddings",
        _ => null,
    };

    private static string NameOf(string provider) => provider switch
    {
        ProviderNames.Gemini => "gcp.gemini",
        ProviderNames.VertexAi => "gcp.vertex_ai",
        ProviderNames.Azure => "azure.ai.openai",
        ProviderNames.Bedrock => "aws.bedrock",
        ProviderNames.Mistral => "mistral_ai",
        ProviderNames.XAi => "x_ai",
        _ => provider,
    };
}
