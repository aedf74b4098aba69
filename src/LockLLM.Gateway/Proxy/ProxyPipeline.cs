using System.Buffers;
using LockLLM.Contracts;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Identity;
using LockLLM.Gateway.Proxy.Guard;
using LockLLM.Gateway.Proxy.Protocols;
using LockLLM.Gateway.Proxy.Providers;
using LockLLM.Gateway.Proxy.Upstream;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Scanning;
using Microsoft.AspNetCore.Http.Features;

namespace LockLLM.Gateway.Proxy;

/// <summary>
/// A call on its way to a provider. The numbers are the stages of the wire contract, section 5.4; request id, key and rate
/// limit (1 to 3) stand before all endpoints.
/// </summary>
internal sealed partial class ProxyPipeline(
    ProviderCatalog catalog, ProviderAccesses accesses, PromptGuard guard, UpstreamForwarder forwarder, AccountGuards guards, RequestLogQueue records, ProxyTelemetry telemetry, ProxyOptions options, TimeProvider clock, ILogger<ProxyPipeline> logger)
{
    private static readonly string[] s_universal = ["chat", "completions", "embeddings", "models", "responses", "v1"];

    public async Task RunAsync(HttpContext context)
    {
        using var exchange = new ProxyExchange(context, context.Features.Get<Caller>()!, clock.GetTimestamp());
        try
        {
            // 4 Size and JSON; before it, whose call it is and what it asks for, which costs less to refuse.
            exchange.Error = Address(exchange) ?? Ask(exchange) ?? await ReadAsync(exchange);

            if (exchange.Error is null)
            {
                // 6 The guard sees the original.
                var scanStart = clock.GetTimestamp();
                exchange.Report = await InspectAsync(exchange);
                exchange.ScanTime = clock.GetElapsedTime(scanStart);

                // 7 What it found, against what the account and the caller want.
                exchange.Error = Refuse(exchange);
            }

            if (exchange.Error is null)
            {
                // 8 What must not reach the model is taken out.
                var call = CallOf(exchange);
                exchange.ForgetText();

                // 12 The provider.
                var start = clock.GetTimestamp();
                using var span = ProxyTelemetry.Begin(exchange);
                exchange.Result = await forwarder.ForwardAsync(context, call);
                telemetry.End(span, exchange, clock.GetElapsedTime(start));
                exchange.Error = exchange.Result is { End: UpstreamEnd.NotBegun, Error: { } failed } ? failed : null;
            }

            if (exchange.Error is { } error)
            {
                ProxyHeaders.Write(exchange, route: null);
                await RouteErrors.WriteAsync(context, exchange.Protocol, error);
            }
        }
        finally
        {
            // 13 The record.
            Record(exchange);
        }
    }

    // 5 Which provider, where, and with whose key.
    private Error? Address(ProxyExchange exchange)
    {
        var request = exchange.Context.Request;
        var path = request.Path.Value![ProxyEndpoints.Prefix.Length..].TrimStart('/');
        var end = path.IndexOf('/', StringComparison.Ordinal);
        var (name, rest) = end < 0 ? (path, "") : (path[..end], path[(end + 1)..]);
        if (catalog.Find(name) is not { } provider)
        {
            return s_universal.Contains(name, StringComparer.OrdinalIgnoreCase)
                ? new Error(ErrorCode.NoUpstreamKey, "This address is paid from credits, and no pool of provider keys is set up. Call /v1/proxy/{provider}/... with a stored key.") { Provider = "universal" }
                : new Error(ErrorCode.ProviderNotFound, $"No provider of that name. There are {string.Join(", ", ProviderNames.All)}.", "provider");
        }

        if (ProviderPath.Read(provider, rest) is not { } read)
        {
            return new Error(ErrorCode.InvalidRequest, "The path can be read in two ways. Send it without empty segments, dots and encoded slashes.");
        }

        exchange.Protocol = read.Protocol;
        exchange.ProviderName = provider.Name;
        if (accesses.Find(request, exchange.Caller, provider, out var access, out var keyId) is { } noAccess)
        {
            return noAccess;
        }

        exchange.ProviderKeyId = keyId;
        var error = ProviderTarget.Create(provider, read, request.QueryString.Value ?? "", access, out var target);
        exchange.Target = target;
        exchange.Model = read.Model;
        exchange.IsStream = read.Rest.Contains(":stream", StringComparison.OrdinalIgnoreCase) || read.Rest.EndsWith("-stream", StringComparison.OrdinalIgnoreCase);
        return error;
    }

    private Error? Ask(ProxyExchange exchange)
    {
        exchange.Settings = guards.Of(exchange.Caller.Account.Settings);
        var error = ScanDirectives.Read(exchange.Context.Request.Headers, static _ => null, exchange.Settings.Defaults, out var directives);
        exchange.Directives = directives;
        return error;
    }

    private async ValueTask<Error?> ReadAsync(ProxyExchange exchange)
    {
        var error = await ReadBodyAsync(exchange);
        // What a server of the user's own makes of its address nobody knows.
        var mayReachOwnServer = exchange.ProviderName == ProviderNames.Custom || exchange.Settings!.FallsBackToOwnServer;
        if (error is null && mayReachOwnServer && AddressReader.Read(exchange.Target!.Path.Rest, exchange.Target.Address.Query, exchange.Report.Unscanned) is { } address)
        {
            exchange.Map = exchange.Map?.Behind(address) ?? address;
        }

        return error;
    }

    private async ValueTask<Error?> ReadBodyAsync(ProxyExchange exchange)
    {
        var context = exchange.Context;
        var request = context.Request;
        if (!ForwardedBody.IsIn(request))
        {
            exchange.Report = new GuardReport.NothingToScan();
            return null;
        }

        var isUpload = exchange.Protocol == ProtocolKind.Unknown && !RequestBody.IsJson(request.ContentType);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            // Ours comes first, in the shape of the route.
            limit.MaxRequestBodySize = isUpload ? options.MaxUploadBytes : 2L * options.MaxRequestBytes;
        }

        if (isUpload && RequestBody.RefuseCompressed(request) is { } unreadable)
        {
            return unreadable;
        }

        if (isUpload && !await Uploads.IsReadableAsync(request, options.MaxRequestBytes, context.RequestAborted))
        {
            exchange.Report = UnreadBody(request);
            return request.ContentLength > options.MaxUploadBytes ? RequestErrors.TooLarge(options.MaxUploadBytes) : null;
        }

        if (!isUpload && RequestBody.Refuse(request, options.MaxRequestBytes) is { } unread)
        {
            return unread;
        }

        exchange.Body = await RequestBody.ReadAsync(request, options.MaxRequestBytes, context.RequestAborted);
        if (!exchange.Body.IsWhole)
        {
            if (!isUpload || UploadReader.BeginsAsJson(new ReadOnlySequence<byte>(exchange.Body.Memory)) == true)
            {
                return RequestErrors.TooLarge(options.MaxRequestBytes);
            }

            // It did not say how long it is, or only looked like JSON: what was read goes first, the rest as it arrives.
            exchange.Report = UnreadBody(request);
            return null;
        }

        var error = isUpload
            ? UploadReader.Read(request.ContentType, exchange.Body.Memory, options.MaxMessages, out var map)
            : PromptReader.Read(exchange.Protocol, exchange.Body.Bytes, options.MaxMessages, out map);
        exchange.Map = map;
        exchange.RequestBytes = exchange.Body.Memory.Length;
        exchange.Model = map?.Model ?? exchange.Model;
        exchange.IsStream |= map?.IsStream == true;
        return error;
    }

    private static GuardReport UnreadBody(HttpRequest request) =>
        UploadReader.HoldsText(request.ContentType) ? new GuardReport.Unread() : new GuardReport.NothingToScan { Unscanned = UnscannedCounts.OfBody };

    private async ValueTask<GuardReport> InspectAsync(ProxyExchange exchange)
    {
        if (exchange.Map is not { } map)
        {
            return exchange.Report;
        }

        var report = await guard.InspectAsync(map, exchange.Caller.AccountId, exchange.Settings!, exchange.Directives!, exchange.RequestId, exchange.Context.RequestAborted);
        // A form that was not read stays so, whatever the address holds.
        return exchange.Report is GuardReport.Unread unread && report is GuardReport.Scanned scanned
            ? scanned.IsAttack ? scanned with { LeftUnread = true } : unread
            : report;
    }

    private static Error? Refuse(ProxyExchange exchange)
    {
        var settings = exchange.Settings!;
        return exchange.Report switch
        {
            GuardReport.Failed when settings.BlocksOnFailure =>
                new Error(ErrorCode.ScanUnavailable, "The text could not be scanned, so it was not sent. Try again."),
            GuardReport.Scanned { IsAttack: true } scanned when exchange.Directives!.Blocks =>
                new Error(ErrorCode.PromptInjectionDetected, $"Request refused: {scanned.Sentence}") { ScanResult = ProxyHeaders.ResultOf(scanned, exchange.Directives) },
            { Unscanned.Any: true } report when settings.RefusesUnscannable =>
                new Error(ErrorCode.ContentNotScannable, $"Request refused: it holds content that cannot be scanned ({report.Unscanned})."),
            _ => null,
        };
    }

    private UpstreamCall CallOf(ProxyExchange exchange)
    {
        var body = exchange.Body?.Memory;
        if (body is { } original && exchange is { Map: { } map, Report: GuardReport.Scanned { Withheld: { Count: > 0 } withheld } })
        {
            body = Withholding.Rewrite(original, map, withheld);
        }

        return new UpstreamCall
        {
            Route = new UpstreamRoute(exchange.Target!, body, exchange.Model) { GoesOn = exchange.Body is { IsWhole: false }, ProviderKeyId = exchange.ProviderKeyId },
            IsStream = exchange.IsStream,
            Fallback = number => Fallback(exchange, body, number),
            WriteHeaders = route =>
            {
                exchange.FirstByteTime = clock.GetElapsedTime(exchange.Start);
                ProxyHeaders.Write(exchange, route);
            },
        };
    }

    // The account's list; what speaks the protocol of the call and has a key is asked in turn.
    private UpstreamRoute? Fallback(ProxyExchange exchange, ReadOnlyMemory<byte>? body, int number)
    {
        // With the caller's own key nobody else can be asked.
        if (exchange.Target!.Access.Secret is null)
        {
            return null;
        }

        foreach (var line in exchange.Caller.Account.Settings.Fallback)
        {
            if (FallbackEntry.Parse(line) is { } entry && RouteTo(exchange, body, entry) is { } route && number-- == 0)
            {
                return route;
            }
        }

        return null;
    }

    private UpstreamRoute? RouteTo(ProxyExchange exchange, ReadOnlyMemory<byte>? body, FallbackEntry entry)
    {
        var tried = exchange.Target!;
        if (catalog.Find(entry.Provider) is not { } provider
            || !exchange.Caller.Key.AllowsProvider(provider.Name)
            || ProviderPath.Read(provider, tried.Path.Rest) is not { } path
            || path.Protocol != tried.Path.Protocol
            || accesses.Find(exchange.Caller, provider, entry.Nickname, exchange.RequestId, out var access, out var keyId) is not null)
        {
            return null;
        }

        var model = entry.Model ?? exchange.Model;
        if (entry.Model is { } other)
        {
            // Where neither body nor path names a model, another one cannot be asked for.
            if (path.WithModel(other) is { } renamed)
            {
                path = renamed;
            }
            else if (body is { } bytes && ModelField.Replace(bytes, other) is { } rewritten)
            {
                body = rewritten;
                access = access with { Deployment = access.Deployment is null ? null : other };
            }
            else
            {
                return null;
            }
        }

        var isSame = keyId == exchange.ProviderKeyId && model == exchange.Model;
        return isSame || ProviderTarget.Create(provider, path, exchange.Context.Request.QueryString.Value ?? "", access, out var target) is not null
            ? null
            : new UpstreamRoute(target!, body, model) { ProviderKeyId = keyId };
    }

    private void Record(ProxyExchange exchange)
    {
        var record = ProxyRecords.Of(exchange, clock);
        records.Add(record);
        if (exchange.Error is { } error)
        {
            LogRefused(exchange.RequestId, exchange.ProviderName, exchange.Protocol, error.Code.Code, record.TotalMilliseconds);
            return;
        }

        LogForwarded(exchange.RequestId, exchange.ProviderName, exchange.Protocol, exchange.Report.GetType().Name, record.ScannedParts ?? 0, record.HttpStatus, record.TotalMilliseconds);
    }

    [LoggerMessage(EventId = 3202, Level = LogLevel.Information, Message = "Refused {RequestId} to {Provider} ({Protocol}): {Code}, {Milliseconds:F1} ms")]
    private partial void LogRefused(string requestId, string? provider, ProtocolKind protocol, string code, double milliseconds);

    [LoggerMessage(EventId = 3201, Level = LogLevel.Debug, Message = "Passed on {RequestId} to {Provider} ({Protocol}): {Report}, {Parts} texts, status {Status}, {Milliseconds:F1} ms")]
    private partial void LogForwarded(string requestId, string? provider, ProtocolKind protocol, string report, int parts, int status, double milliseconds);
}
