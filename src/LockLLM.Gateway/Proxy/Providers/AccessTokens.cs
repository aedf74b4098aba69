using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using LockLLM.Gateway.Egress;

namespace LockLLM.Gateway.Proxy.Providers;

/// <summary>
/// Tokens bought with stored credentials, kept in memory until shortly before they expire. Callers who need the same
/// token at once share one exchange.
/// </summary>
internal sealed partial class AccessTokens(EgressHttp http, TimeProvider clock, ILogger<AccessTokens> logger) : IDisposable
{
    private const int MaxTokens = 1000;
    private const int MaxAnswerBytes = 64 * 1024;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_earlier = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();

    // Found by a hash, so that no secret lives here.
    private readonly Dictionary<string, Exchange> _exchanges = new(StringComparer.Ordinal);
    private readonly HttpClient _client = http.CreateClient(s_timeout, MaxAnswerBytes);

    /// <summary>Null when the token service refuses or cannot be reached; the next call asks again.</summary>
    public async ValueTask<string?> GetAsync(string secret, Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
        Exchange? exchange;
        lock (_lock)
        {
            if (!_exchanges.TryGetValue(key, out exchange) || exchange.IsStale(clock.GetUtcNow()))
            {
                if (_exchanges.Count >= MaxTokens)
                {
                    _exchanges.Clear();
                }

                _exchanges[key] = exchange = new Exchange();
                exchange.Task = RunAsync(exchange, request());
            }
        }

        await exchange.Task.WaitAsync(cancellationToken);
        return exchange.Token?.Value;
    }

    public void Dispose() => _client.Dispose();

    // Not cancelled with the caller that happened to be first: others wait for the same answer.
    private async Task RunAsync(Exchange exchange, HttpRequestMessage request) => exchange.Token = await ExchangeAsync(request);

    private async Task<AccessToken?> ExchangeAsync(HttpRequestMessage request)
    {
        try
        {
            using var message = request;
            using var response = await _client.SendAsync(message, CancellationToken.None);
            if (!response.IsSuccessStatusCode)
            {
                LogRefused(message.RequestUri!.Host, (int)response.StatusCode);
                return null;
            }

            var answer = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(CancellationToken.None), TokenJson.Default.TokenAnswer);
            if (answer is not { AccessToken: { Length: > 0 } value })
            {
                LogRefused(message.RequestUri!.Host, (int)response.StatusCode);
                return null;
            }

            var lifetime = TimeSpan.FromSeconds(Math.Clamp(answer.ExpiresIn, 0, s_longest.TotalSeconds));
            return new AccessToken(value, clock.GetUtcNow() + (lifetime > 2 * s_earlier ? lifetime - s_earlier : lifetime / 2));
        }
        catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException or JsonException)
        {
            LogUnreachable(failed.GetType().Name);
            return null;
        }
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Warning, Message = "The token service {Host} gave no token: status {Status}")]
    private partial void LogRefused(string host, int status);

    [LoggerMessage(EventId = 3102, Level = LogLevel.Warning, Message = "A token service could not be asked: {Failure}")]
    private partial void LogUnreachable(string failure);

    private sealed record AccessToken(string Value, DateTimeOffset RenewAt);

    private sealed class Exchange
    {
        public Task Task { get; set; } = Task.CompletedTask;

        public AccessToken? Token { get; set; }

        // One under way is awaited, whatever comes of it.
        public bool IsStale(DateTimeOffset now) => Task.IsCompleted && (Token is null || Token.RenewAt <= now);
    }
}

internal sealed record TokenAnswer(
    [property: JsonPropertyName("access_token")] string? AccessToken,
    [property: JsonPropertyName("expires_in")] double ExpiresIn);

[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(GoogleServiceAccount))]
[JsonSerializable(typeof(EntraApplication))]
[JsonSerializable(typeof(AwsAccessKey))]
internal sealed partial class TokenJson : JsonSerializerContext;
