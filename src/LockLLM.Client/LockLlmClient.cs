using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using LockLLM.Contracts;
using LockLLM.Contracts.Scan;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LockLLM.Client;

/// <summary>Speaks to a LockLLM gateway. Build one and keep it; it may be called from any thread.</summary>
public sealed partial class LockLlmClient : IPromptScanner, IDisposable, IAsyncDisposable
{
    private readonly LockLlmClientOptions _options;
    private readonly HttpClient _http;
    private readonly bool _ownsHttp;
    private readonly RetryPolicy _retries;
    private readonly Uri _scanAddress;
    private readonly AuthenticationHeaderValue _credential;
    private readonly ILogger _logger;

    /// <summary>A client for a key, or for the one in the environment variable <c>LOCKLLM_API_KEY</c>.</summary>
    /// <param name="apiKey">The LockLLM key; wins over the options.</param>
    /// <param name="options">Everything else; null takes the defaults.</param>
    /// <exception cref="LockLlmConfigurationException">There is no key, or an option is out of range.</exception>
    public LockLlmClient(string? apiKey = null, LockLlmClientOptions? options = null)
        : this(WithKey(options, apiKey), null, null)
    {
    }

    /// <summary>A client over a connection of the caller's, who also disposes of it.</summary>
    /// <param name="httpClient">Sends the requests. It must not repeat them by itself: this client does.</param>
    /// <param name="options">The key and everything else.</param>
    /// <param name="logger">Told about repetitions; never about texts.</param>
    /// <exception cref="LockLlmConfigurationException">There is no key, or an option is out of range.</exception>
    public LockLlmClient(HttpClient httpClient, LockLlmClientOptions options, ILogger<LockLlmClient>? logger)
        : this(options, httpClient ?? throw new ArgumentNullException(nameof(httpClient)), logger)
    {
    }

    private LockLlmClient(LockLlmClientOptions options, HttpClient? http, ILogger? logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.CompleteAndCheck();
        _logger = logger ?? NullLogger.Instance;
        _ownsHttp = http is null;
        _http = http ?? ClientHttp.CreateClient(ClientHttp.CreateHandler());
        _retries = new RetryPolicy(_options, _logger);
        _scanAddress = ProxyUrls.Under(_options.BaseUrl, "/v1/scan");
        _credential = new AuthenticationHeaderValue("Bearer", _options.ApiKey);
        if (_options.BaseUrl is { Scheme: "http", IsLoopback: false } plain)
        {
            LogPlainHttp(plain.Authority);
        }
    }

    /// <summary>A copy of the options in use.</summary>
    public LockLlmClientOptions Options => _options.Complete();

    /// <inheritdoc/>
    public Task<ScanResult> ScanAsync(string input, ScanOptions? options = null, CancellationToken cancellationToken = default) =>
        ScanAsync(input, options, null, cancellationToken);

    /// <inheritdoc cref="ScanAsync(string, ScanOptions?, CancellationToken)"/>
    /// <param name="requestOptions">How this one call is sent.</param>
    public async Task<ScanResult> ScanAsync(string input, ScanOptions? options, LockLlmRequestOptions? requestOptions, CancellationToken cancellationToken)
    {
        var call = Begin(input, options, requestOptions);
        using var activity = ClientTelemetry.StartScan();
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var answer = await _retries.SendAsync(
                token => _http.SendAsync(Request(call), token), call.RequestId, call.Timeout, repeatable: true, cancellationToken).ConfigureAwait(false);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return Read(call, answer, body, activity, started);
        }
        catch (LockLlmException failure)
        {
            ClientTelemetry.Failed(activity, failure, Stopwatch.GetElapsedTime(started));
            throw;
        }
    }

    /// <inheritdoc cref="ScanAsync(string, ScanOptions?, CancellationToken)"/>
    /// <summary>Judges one text on the calling thread.</summary>
    public ScanResult Scan(string input, ScanOptions? options = null, CancellationToken cancellationToken = default) =>
        Scan(input, options, null, cancellationToken);

    /// <inheritdoc cref="ScanAsync(string, ScanOptions?, LockLlmRequestOptions?, CancellationToken)"/>
    /// <summary>Judges one text on the calling thread.</summary>
    public ScanResult Scan(string input, ScanOptions? options, LockLlmRequestOptions? requestOptions, CancellationToken cancellationToken)
    {
        var call = Begin(input, options, requestOptions);
        using var activity = ClientTelemetry.StartScan();
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var answer = _retries.Send(
                token => _http.Send(Request(call, HttpVersion.Version11), token), call.RequestId, call.Timeout, repeatable: true, cancellationToken);
            using var body = new MemoryStream();
            answer.Content.CopyTo(body, null, cancellationToken);
            return Read(call, answer, body.GetBuffer().AsSpan(0, (int)body.Length), activity, started);
        }
        catch (LockLlmException failure)
        {
            ClientTelemetry.Failed(activity, failure, Stopwatch.GetElapsedTime(started));
            throw;
        }
    }

    /// <summary>Judges many texts at a time and gives the results in the order of the texts. The first failure ends it.</summary>
    /// <param name="inputs">The texts, read as they are needed.</param>
    /// <param name="options">What to look for, in all of them.</param>
    /// <param name="maxConcurrency">Scans under way at the same time, 1 to 1,000.</param>
    public async IAsyncEnumerable<ScanResult> ScanManyAsync(
        IEnumerable<string> inputs, ScanOptions? options = null, int maxConcurrency = 8, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrency, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxConcurrency, 1000);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var underWay = new Queue<Task<ScanResult>>(maxConcurrency);
        try
        {
            foreach (var input in inputs)
            {
                if (underWay.Count == maxConcurrency)
                {
                    yield return await underWay.Dequeue().ConfigureAwait(false);
                }

                underWay.Enqueue(ScanAsync(input, options, stop.Token));
            }

            while (underWay.TryDequeue(out var next))
            {
                yield return await next.ConfigureAwait(false);
            }
        }
        finally
        {
            if (underWay.Count > 0)
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await ((Task)Task.WhenAll(underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Closes the connections, unless they are the caller's.</summary>
    public void Dispose() => Close();

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private void Close()
    {
        if (_ownsHttp)
        {
            _http.Dispose();
        }
    }

    private static LockLlmClientOptions WithKey(LockLlmClientOptions? options, string? apiKey)
    {
        var complete = (options ?? new LockLlmClientOptions()).Complete();
        complete.ApiKey = apiKey ?? complete.ApiKey;
        return complete;
    }

    private Call Begin(string input, ScanOptions? options, LockLlmRequestOptions? requestOptions)
    {
        ArgumentNullException.ThrowIfNull(input);
        options ??= _options.ScanDefaults;
        if (requestOptions?.Timeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > TimeSpan.FromDays(1)))
        {
            throw new LockLlmConfigurationException("Timeout must be more than 0 and at most a day.");
        }

        if (options.CompressionRate is { } rate)
        {
            ProxyOptions.Rate(rate);
        }

        var sensitivity = WireWords.Of(options.Sensitivity);
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new ScanRequest { Input = input, Sensitivity = sensitivity, Context = options.Context is { } context ? WireWords.Of(context) : null },
            WireJson.Default.ScanRequest);
        return new Call(input, body, options, sensitivity, requestOptions?.Headers, requestOptions?.Timeout ?? _options.Timeout, ClientHttp.NewRequestId());
    }

    private HttpRequestMessage Request(Call call, Version? version = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _scanAddress)
        {
            Version = version ?? HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = new ByteArrayContent(call.Body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        var headers = request.Headers;
        headers.Authorization = _credential;
        headers.TryAddWithoutValidation(HeaderNames.RequestId, call.RequestId);
        headers.TryAddWithoutValidation("User-Agent", ClientHttp.UserAgent);
        headers.TryAddWithoutValidation(HeaderNames.Sensitivity, call.Sensitivity);
        var options = call.Options;
        Add(HeaderNames.ScanMode, options.Mode is { } mode ? WireWords.Of(mode) : null);
        Add(HeaderNames.Chunk, options.Chunk is { } chunk ? WireWords.Of(chunk) : null);
        Add(HeaderNames.ScanAction, options.ScanAction is { } scan ? WireWords.Of(scan) : null);
        Add(HeaderNames.PolicyAction, options.PolicyAction is { } policy ? WireWords.Of(policy) : null);
        Add(HeaderNames.AbuseAction, options.AbuseAction is { } abuse ? WireWords.Of(abuse) : null);
        Add(HeaderNames.PiiAction, options.PiiAction is { } pii ? WireWords.Of(pii) : null);
        Add(HeaderNames.Compression, options.Compression is { } method ? WireWords.Of(method) : null);
        Add(HeaderNames.CompressionRate, options.CompressionRate?.ToString(CultureInfo.InvariantCulture));
        Add(HeaderNames.RouteAction, options.RouteAction is { } route ? WireWords.Of(route) : null);
        if (call.Headers is not null)
        {
            foreach (var (name, value) in call.Headers)
            {
                ClientHttp.Set(request, name, value);
            }
        }

        return request;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                headers.TryAddWithoutValidation(name, value);
            }
        }
    }

    private ScanResult Read(Call call, HttpResponseMessage answer, ReadOnlySpan<byte> body, Activity? activity, long started)
    {
        var requestId = answer.Headers.NonValidated.TryGetValues(HeaderNames.RequestId, out var ids) ? ids.ToString() : call.RequestId;
        if (!answer.IsSuccessStatusCode)
        {
            throw ErrorReader.Read(answer.StatusCode, body, requestId, _retries.RetryAfter(answer), call.Input, _options.ApiKey);
        }

        var result = ResultReader.Read(body, requestId) ?? throw new LockLlmException("The answer holds no verdict that can be read.")
        {
            Type = "invalid_response_error", Code = "invalid_response", Status = (int)answer.StatusCode, RequestId = requestId,
        };
        ClientTelemetry.Scanned(activity, result.IsSafe, result.RequestId, Stopwatch.GetElapsedTime(started));
        return result;
    }

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{Authority} is reached over plain http: prompts and the key can be read on the way")]
    private partial void LogPlainHttp(string authority);

    /// <summary>One scan, whatever the number of attempts.</summary>
    private sealed record Call(
        string Input, byte[] Body, ScanOptions Options, string Sensitivity, IReadOnlyDictionary<string, string>? Headers, TimeSpan Timeout, string RequestId);
}
