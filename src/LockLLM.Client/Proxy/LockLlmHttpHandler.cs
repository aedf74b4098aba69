using LockLLM.Contracts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LockLLM.Client;

/// <summary>
/// Guards any client library that is built on <see cref="HttpClient"/> and whose base address is one of <see cref="ProxyUrls"/>:
/// adds the headers of the options, repeats as <see cref="LockLlmClient"/> does and throws its exceptions. Switch the library's
/// own repetitions off.
/// </summary>
public sealed class LockLlmHttpHandler : DelegatingHandler
{
    private const int MaxErrorBytes = 1 << 20;

    private static readonly string[] s_credentials = ["Authorization", HeaderNames.XApiKey, HeaderNames.ApiKey, HeaderNames.GoogleApiKey, HeaderNames.Key];

    private readonly LockLlmProxyClientOptions _options;
    private readonly RetryPolicy _retries;
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A handler that opens its own connections: <c>new HttpClient(new LockLlmHttpHandler(options))</c>.</summary>
    /// <param name="options">The key is used for requests that bring none.</param>
    /// <exception cref="LockLlmConfigurationException">An option is out of range.</exception>
    public LockLlmHttpHandler(LockLlmProxyClientOptions options)
        : this(options, ClientHttp.CreateHandler())
    {
    }

    /// <summary>A handler in front of another one, which must neither repeat requests nor follow redirects.</summary>
    /// <param name="options">The key is used for requests that bring none.</param>
    /// <param name="innerHandler">Sends the requests. Null where a factory of clients will set it.</param>
    /// <exception cref="LockLlmConfigurationException">An option is out of range.</exception>
    public LockLlmHttpHandler(LockLlmProxyClientOptions options, HttpMessageHandler? innerHandler)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = (LockLlmProxyClientOptions)options.CompleteAndCheck();
        _retries = new RetryPolicy(_options, NullLogger.Instance);
        _options.Proxy.WriteTo(_headers);
        if (innerHandler is not null)
        {
            InnerHandler = innerHandler;
        }
    }

    /// <summary>Anthropic takes API keys in <c>x-api-key</c> only, whichever header its client puts them in.</summary>
    internal bool UsesXApiKey { get; init; }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var requestId = Prepare(request);
        HttpResponseMessage answer;
        try
        {
            answer = await _retries.SendAsync(
                token => base.SendAsync(request, token), requestId, _options.Timeout, IsRepeatable(request), cancellationToken).ConfigureAwait(false);
        }
        catch (LockLlmNetworkException failure) when (!_options.ThrowTypedErrors)
        {
            throw Untyped(failure);
        }

        Note(answer);
        if (!_options.ThrowTypedErrors)
        {
            return answer;
        }

        if (answer.IsSuccessStatusCode)
        {
            return Guarded(answer, await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), requestId);
        }

        using var buffer = new MemoryStream();
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var guarded = new GuardedStream(body, isEvents: false, _options, _retries, requestId);
        await CopyBoundedAsync(guarded, buffer, cancellationToken).ConfigureAwait(false);
        return Refused(answer, buffer, requestId);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var requestId = Prepare(request);
        HttpResponseMessage answer;
        try
        {
            answer = _retries.Send(token => base.Send(request, token), requestId, _options.Timeout, IsRepeatable(request), cancellationToken);
        }
        catch (LockLlmNetworkException failure) when (!_options.ThrowTypedErrors)
        {
            throw Untyped(failure);
        }

        Note(answer);
        if (!_options.ThrowTypedErrors)
        {
            return answer;
        }

        if (answer.IsSuccessStatusCode)
        {
            return Guarded(answer, answer.Content.ReadAsStream(cancellationToken), requestId);
        }

        using var buffer = new MemoryStream();
        using var body = answer.Content.ReadAsStream(cancellationToken);
        using var guarded = new GuardedStream(body, isEvents: false, _options, _retries, requestId);
        CopyBounded(guarded, buffer);
        return Refused(answer, buffer, requestId);
    }

    private string Prepare(HttpRequestMessage request)
    {
        if (request.RequestUri is not { } address || address.Authority != _options.BaseUrl!.Authority || address.Scheme != _options.BaseUrl.Scheme)
        {
            // It would pass the gateway by, unscanned and with the LockLLM key.
            throw new LockLlmConfigurationException(
                $"The request goes to {request.RequestUri?.Authority}, but the gateway is {_options.BaseUrl!.Authority}. Set the base address of the client to one of ProxyUrls.");
        }

        var headers = request.Headers;
        if (UsesXApiKey)
        {
            headers.Remove("Authorization");
            ClientHttp.Set(request, HeaderNames.XApiKey, _options.ProviderApiKey ?? _options.ApiKey!);
        }

        if (_options.ProviderApiKey is { } own)
        {
            // The provider's key is where the provider expects it; ours has a place of its own.
            ClientHttp.Set(request, HeaderNames.Key, _options.ApiKey!);
            if (!s_credentials[..^1].Any(headers.NonValidated.Contains))
            {
                ClientHttp.Set(request, "Authorization", "Bearer " + own);
            }
        }
        else if (!s_credentials.Any(headers.NonValidated.Contains))
        {
            headers.TryAddWithoutValidation("Authorization", "Bearer " + _options.ApiKey);
        }

        if (ProxyCall.Current?.Options is { } options)
        {
            var asked = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            options.WriteTo(asked);
            foreach (var (name, value) in asked)
            {
                ClientHttp.Set(request, name, value);
            }
        }

        foreach (var (name, value) in _headers)
        {
            if (!headers.NonValidated.Contains(name))
            {
                ClientHttp.Set(request, name, value);
            }
        }

        if (headers.NonValidated.TryGetValues(HeaderNames.RequestId, out var ids))
        {
            return ids.ToString();
        }

        var requestId = ClientHttp.NewRequestId();
        headers.TryAddWithoutValidation(HeaderNames.RequestId, requestId);
        return requestId;
    }

    // A stream can be read once only. Prompts are never streams; uploads of files are.
    private static bool IsRepeatable(HttpRequestMessage request) => request.Content is not (StreamContent or MultipartContent);

    private static void Note(HttpResponseMessage answer)
    {
        if (ProxyCall.Current is { } call)
        {
            call.Answered(ProxyMetadata.Parse(answer.Headers));
        }
    }

    private HttpResponseMessage Guarded(HttpResponseMessage answer, Stream body, string requestId)
    {
        var kind = answer.Content.Headers.ContentType?.MediaType;
        if (kind is "text/html" && !PassedGateway(answer))
        {
            using (answer)
            {
                throw new LockLlmException($"A web page answers at {_options.BaseUrl!.Authority}, not a gateway. Is the address right?")
                {
                    Type = "invalid_response_error", Code = "invalid_response", Status = (int)answer.StatusCode, RequestId = Id(answer) ?? requestId,
                };
            }
        }

        return With(answer, new StreamContent(new GuardedStream(body, isEvents: kind is "text/event-stream", _options, _retries, requestId)));
    }

    private HttpResponseMessage Refused(HttpResponseMessage answer, MemoryStream buffer, string requestId)
    {
        var body = buffer.ToArray();
        var root = TolerantJson.ParseObject(body);
        if (root is { } error ? ErrorReader.IsOurs(error) : !PassedGateway(answer))
        {
            using (answer)
            {
                throw root is { } ours
                    ? ErrorReader.Read((int)answer.StatusCode, ours, Id(answer) ?? requestId, _retries.RetryAfter(answer), _options.ApiKey)
                    : ErrorReader.Read(answer.StatusCode, body, Id(answer) ?? requestId, _retries.RetryAfter(answer), _options.ApiKey);
            }
        }

        answer.Content.Headers.Remove("Content-Length"); // of a page too long to be read whole
        return With(answer, new ByteArrayContent(body));
    }

    // A gateway says so on every answer. What does not say so is from a load balancer or whoever else stands in between.
    private static bool PassedGateway(HttpResponseMessage answer) => answer.Headers.NonValidated.Contains(HeaderNames.Scanned);

    private static HttpResponseMessage With(HttpResponseMessage answer, HttpContent content)
    {
        foreach (var (name, values) in answer.Content.Headers.NonValidated)
        {
            content.Headers.TryAddWithoutValidation(name, values);
        }

        answer.Content = content;
        return answer;
    }

    private static string? Id(HttpResponseMessage answer) =>
        answer.Headers.NonValidated.TryGetValues(HeaderNames.RequestId, out var ids) ? ids.ToString() : null;

    private static Exception Untyped(LockLlmNetworkException failure) => failure.InnerException switch
    {
        HttpRequestException broken => broken,
        TimeoutException late => new TaskCanceledException(late.Message, late),
        var other => new HttpRequestException(failure.Message, other),
    };

    private static async Task CopyBoundedAsync(Stream from, MemoryStream to, CancellationToken cancellationToken)
    {
        var chunk = new byte[8192];
        while (to.Length < MaxErrorBytes && await from.ReadAsync(chunk, cancellationToken).ConfigureAwait(false) is var read and > 0)
        {
            await to.WriteAsync(chunk.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }
    }

    private static void CopyBounded(Stream from, MemoryStream to)
    {
        var chunk = new byte[8192];
        while (to.Length < MaxErrorBytes && from.Read(chunk) is var read and > 0)
        {
            to.Write(chunk, 0, read);
        }
    }
}
