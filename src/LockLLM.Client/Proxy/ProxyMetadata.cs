using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LockLLM.Contracts;

namespace LockLLM.Client;

/// <summary>What the gateway tells about a call in the headers of its answer. Reading it never throws; what is missing or unreadable is null.</summary>
public sealed record ProxyMetadata
{
    private ProxyMetadata()
    {
    }

    /// <summary>Finds the call in the gateway's log; empty where the answer names none.</summary>
    public required string RequestId { get; init; }

    /// <summary>Whether the prompt was scanned.</summary>
    public bool Scanned { get; init; }

    /// <summary>Whether neither an attack nor a violated policy was found.</summary>
    public bool Safe { get; init; }

    /// <summary>Which checks ran, one of <see cref="ScanModes"/>.</summary>
    public required string ScanMode { get; init; }

    /// <summary>Who pays, one of <see cref="CreditsModes"/>.</summary>
    public required string CreditsMode { get; init; }

    /// <summary>The provider that answered; empty where the answer names none.</summary>
    public required string Provider { get; init; }

    /// <summary>The model that answered.</summary>
    public string? Model { get; init; }

    /// <summary>The level used, one of <see cref="SensitivityLevels"/>.</summary>
    public string? Sensitivity { get; init; }

    /// <summary>1 when unsafe, else 0.</summary>
    public int? Label { get; init; }

    /// <summary>Certainty of the verdict on policies, 0 to 100.</summary>
    public double? PolicyConfidence { get; init; }

    /// <summary>Whether LockLLM refused the call.</summary>
    public bool Blocked { get; init; }

    /// <summary>An attack.</summary>
    public ProxyScanWarning? ScanWarning { get; init; }

    /// <summary>Violated policies.</summary>
    public ProxyPolicyWarnings? PolicyWarnings { get; init; }

    /// <summary>Automated misuse.</summary>
    public ProxyAbuse? AbuseDetected { get; init; }

    /// <summary>Personal data, where it was looked for.</summary>
    public ProxyPii? PiiDetected { get; init; }

    /// <summary>How the prompt was shortened, where that was asked for.</summary>
    public ProxyCompression? Compression { get; init; }

    /// <summary>How the model was chosen, where that was asked for.</summary>
    public ProxyRouting? Routing { get; init; }

    /// <summary>US dollars set aside for the call.</summary>
    public decimal? CreditsReserved { get; init; }

    /// <summary>US dollars set aside as routing fee.</summary>
    public decimal? RoutingFeeReserved { get; init; }

    /// <summary>US dollars paid; null on streams.</summary>
    public decimal? CreditsDeducted { get; init; }

    /// <summary>US dollars left; null on streams.</summary>
    public decimal? BalanceAfter { get; init; }

    /// <summary><c>HIT</c> or <c>MISS</c>.</summary>
    public string? CacheStatus { get; init; }

    /// <summary>Age of the cached answer.</summary>
    public TimeSpan? CacheAge { get; init; }

    /// <summary>Tokens not bought thanks to the cache.</summary>
    public long? TokensSaved { get; init; }

    /// <summary>US dollars not spent thanks to the cache.</summary>
    public decimal? CostSaved { get; init; }

    /// <summary>US dollars the model asked for would have cost, estimated.</summary>
    public decimal? EstimatedOriginalCost { get; init; }

    /// <summary>US dollars the chosen model costs, estimated.</summary>
    public decimal? EstimatedRoutedCost { get; init; }

    /// <summary>Tokens of the prompt, estimated.</summary>
    public long? EstimatedInputTokens { get; init; }

    /// <summary>Tokens of the answer, estimated.</summary>
    public long? EstimatedOutputTokens { get; init; }

    /// <summary>Why a routing fee was taken, or none.</summary>
    public string? RoutingFeeReason { get; init; }

    /// <summary>The status that the provider answered, where it was an error.</summary>
    public int? UpstreamStatus { get; init; }

    /// <summary>Whether a header asked for less than the account holds fast to, and was not followed.</summary>
    public bool Locked { get; init; }

    /// <summary>Texts of the request that were dealt with.</summary>
    public int? ScannedParts { get; init; }

    /// <summary>Unicode characters of them.</summary>
    public long? ScannedChars { get; init; }

    /// <summary>Texts among them that an earlier call had brought and that were not scanned again.</summary>
    public int? RememberedParts { get; init; }

    /// <summary>Texts that were refused in an earlier turn and not sent to the provider.</summary>
    public int? WithheldParts { get; init; }

    /// <summary>Content that is no text and was not scanned, by kind, such as <c>image=2,file=1</c>.</summary>
    public string? Unscanned { get; init; }

    /// <summary>Where the application or the model itself says what would be an attack from a user, such as <c>system</c>.</summary>
    public string? ContextWarning { get; init; }

    /// <summary>The attack in detail.</summary>
    public JsonElement? ScanDetail { get; init; }

    /// <summary>The violated policies in detail.</summary>
    public JsonElement? PolicyDetail { get; init; }

    /// <summary>The misuse in detail.</summary>
    public JsonElement? AbuseDetail { get; init; }

    /// <summary>Reads the headers of an <see cref="HttpClient"/>'s answer.</summary>
    public static ProxyMetadata Parse(HttpResponseHeaders headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        return Parse(headers.NonValidated.Select(static header => KeyValuePair.Create(header.Key, header.Value.ToString())));
    }

    /// <summary>Reads names and values, such as those of the OpenAI client: <c>result.GetRawResponse().Headers</c>. Names compare without regard to case.</summary>
    public static ProxyMetadata Parse(IEnumerable<KeyValuePair<string, string>> headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        return new Reader(headers).Read();
    }

    /// <summary>Decodes a detail header: base64, padded or not, over JSON. Null where it is anything else.</summary>
    public static JsonElement? DecodeDetail(string? detail)
    {
        if (string.IsNullOrWhiteSpace(detail))
        {
            return null;
        }

        var text = detail.Trim().TrimEnd('=');
        try
        {
            var bytes = Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
            return Json(bytes) ?? Json(Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(bytes)));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static JsonElement? Json(byte[] bytes)
    {
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(bytes);
            var reader = new Utf8JsonReader(bytes);
            return JsonElement.ParseValue(ref reader);
        }
        catch (Exception malformed) when (malformed is JsonException or DecoderFallbackException)
        {
            return null;
        }
    }

    private readonly struct Reader
    {
        private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

        public Reader(IEnumerable<KeyValuePair<string, string>> headers)
        {
            foreach (var (name, value) in headers)
            {
                if (value is not null)
                {
                    _headers[name] = _headers.TryGetValue(name, out var before) ? $"{before}, {value}" : value;
                }
            }
        }

        public ProxyMetadata Read() => new()
        {
            RequestId = Text(HeaderNames.RequestId) ?? "",
            Scanned = Is(HeaderNames.Scanned),
            Safe = Is(HeaderNames.Safe),
            ScanMode = Text(HeaderNames.UsedScanMode) ?? ScanModes.Combined,
            CreditsMode = Text(HeaderNames.CreditsMode) ?? CreditsModes.OwnKey,
            Provider = Text(HeaderNames.Provider) ?? "",
            Model = Text(HeaderNames.Model),
            Sensitivity = Text(HeaderNames.Sensitivity),
            Label = Small(HeaderNames.Label),
            PolicyConfidence = Number(HeaderNames.PolicyConfidence),
            Blocked = Is(HeaderNames.Blocked),
            ScanWarning = Is(HeaderNames.ScanWarning)
                ? new ProxyScanWarning(Number(HeaderNames.InjectionScore), Number(HeaderNames.Confidence))
                : null,
            PolicyWarnings = Is(HeaderNames.PolicyWarnings)
                ? new ProxyPolicyWarnings(Small(HeaderNames.WarningCount), Number(HeaderNames.PolicyConfidence))
                : null,
            AbuseDetected = Is(HeaderNames.AbuseDetected)
                ? new ProxyAbuse(Number(HeaderNames.AbuseConfidence), List(HeaderNames.AbuseTypes))
                : null,
            PiiDetected = Text(HeaderNames.PiiDetected) is not null
                ? new ProxyPii(Is(HeaderNames.PiiDetected), List(HeaderNames.PiiTypes), Small(HeaderNames.PiiCount), Text(HeaderNames.PiiAction))
                : null,
            Compression = Text(HeaderNames.CompressionMethod) is { } method
                ? new ProxyCompression(method, Is(HeaderNames.CompressionApplied), Number(HeaderNames.CompressionRatio))
                : null,
            Routing = Is(HeaderNames.RouteEnabled) ? ReadRouting() : null,
            CreditsReserved = Money(HeaderNames.CreditsReserved),
            RoutingFeeReserved = Money(HeaderNames.RoutingFeeReserved),
            CreditsDeducted = Money(HeaderNames.CreditsDeducted),
            BalanceAfter = Money(HeaderNames.BalanceAfter),
            CacheStatus = Text(HeaderNames.CacheStatus),
            CacheAge = Integer(HeaderNames.CacheAge) is { } age and >= 0 and < int.MaxValue ? TimeSpan.FromSeconds((double)age) : null,
            TokensSaved = Integer(HeaderNames.TokensSaved),
            CostSaved = Money(HeaderNames.CostSaved),
            EstimatedOriginalCost = Money(HeaderNames.EstimatedOriginalCost),
            EstimatedRoutedCost = Money(HeaderNames.EstimatedRoutedCost),
            EstimatedInputTokens = Integer(HeaderNames.EstimatedInputTokens),
            EstimatedOutputTokens = Integer(HeaderNames.EstimatedOutputTokens),
            RoutingFeeReason = Text(HeaderNames.RoutingFeeReason),
            UpstreamStatus = Small(HeaderNames.UpstreamStatus),
            Locked = Is(HeaderNames.Locked),
            ScannedParts = Small(HeaderNames.ScannedParts),
            ScannedChars = Integer(HeaderNames.ScannedChars),
            RememberedParts = Small(HeaderNames.RememberedParts),
            WithheldParts = Small(HeaderNames.WithheldParts),
            Unscanned = Text(HeaderNames.Unscanned),
            ContextWarning = Text(HeaderNames.ContextWarning),
            ScanDetail = DecodeDetail(Text(HeaderNames.ScanDetail)),
            PolicyDetail = DecodeDetail(Text(HeaderNames.WarningDetail)),
            AbuseDetail = DecodeDetail(Text(HeaderNames.AbuseDetail)),
        };

        private ProxyRouting ReadRouting() => new()
        {
            TaskType = Text(HeaderNames.TaskType),
            Complexity = Number(HeaderNames.Complexity),
            SelectedModel = Text(HeaderNames.SelectedModel),
            Reason = Text(HeaderNames.RoutingReason),
            OriginalProvider = Text(HeaderNames.OriginalProvider),
            OriginalModel = Text(HeaderNames.OriginalModel),
            EstimatedSavings = Money(HeaderNames.EstimatedSavings),
            EstimatedOriginalCost = Money(HeaderNames.EstimatedOriginalCost),
            EstimatedRoutedCost = Money(HeaderNames.EstimatedRoutedCost),
            EstimatedInputTokens = Integer(HeaderNames.EstimatedInputTokens),
            EstimatedOutputTokens = Integer(HeaderNames.EstimatedOutputTokens),
            FeeReason = Text(HeaderNames.RoutingFeeReason),
        };

        private string? Text(string name) => _headers.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

        private bool Is(string name) => Text(name) is "true";

        private double? Number(string name) =>
            double.TryParse(Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

        private long? Integer(string name) =>
            long.TryParse(Text(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number is > int.MinValue and < 1L << 53 ? number : null;

        private int? Small(string name) => Integer(name) is { } number and >= int.MinValue and <= int.MaxValue ? (int)number : null;

        private decimal? Money(string name) =>
            decimal.TryParse(Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) ? amount : null;

        private string[] List(string name) =>
            Text(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
    }
}

/// <summary>An attack.</summary>
/// <param name="InjectionScore">Risk, 0 to 100.</param>
/// <param name="Confidence">Certainty, 0 to 100.</param>
public sealed record ProxyScanWarning(double? InjectionScore, double? Confidence);

/// <summary>Violated policies.</summary>
/// <param name="Count">How many.</param>
/// <param name="Confidence">Certainty, 0 to 100.</param>
public sealed record ProxyPolicyWarnings(int? Count, double? Confidence);

/// <summary>Automated misuse.</summary>
/// <param name="Confidence">Certainty, 0 to 100.</param>
/// <param name="Types">Kinds, such as <c>repetition</c>.</param>
public sealed record ProxyAbuse(double? Confidence, IReadOnlyList<string> Types);

/// <summary>Personal data.</summary>
/// <param name="Detected">Whether there is any.</param>
/// <param name="EntityTypes">Kinds, such as <c>email</c>.</param>
/// <param name="EntityCount">How many pieces.</param>
/// <param name="Action">What happened to it, one of <see cref="PiiActions"/>.</param>
public sealed record ProxyPii(bool Detected, IReadOnlyList<string> EntityTypes, int? EntityCount, string? Action);

/// <summary>How a prompt was shortened.</summary>
/// <param name="Method">One of <see cref="CompressionMethods"/>.</param>
/// <param name="Applied">Whether anything was gained.</param>
/// <param name="Ratio">New length divided by the old one.</param>
public sealed record ProxyCompression(string Method, bool Applied, double? Ratio);

/// <summary>How a model was chosen.</summary>
public sealed record ProxyRouting
{
    /// <summary>One of <see cref="TaskTypes"/>.</summary>
    public string? TaskType { get; init; }

    /// <summary>0 to 1.</summary>
    public double? Complexity { get; init; }

    /// <summary>The model chosen.</summary>
    public string? SelectedModel { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>The provider asked for.</summary>
    public string? OriginalProvider { get; init; }

    /// <summary>The model asked for.</summary>
    public string? OriginalModel { get; init; }

    /// <summary>US dollars saved, estimated.</summary>
    public decimal? EstimatedSavings { get; init; }

    /// <summary>US dollars the model asked for would have cost, estimated.</summary>
    public decimal? EstimatedOriginalCost { get; init; }

    /// <summary>US dollars the chosen model costs, estimated.</summary>
    public decimal? EstimatedRoutedCost { get; init; }

    /// <summary>Tokens of the prompt, estimated.</summary>
    public long? EstimatedInputTokens { get; init; }

    /// <summary>Tokens of the answer, estimated.</summary>
    public long? EstimatedOutputTokens { get; init; }

    /// <summary>Why a fee was taken, or none.</summary>
    public string? FeeReason { get; init; }
}
