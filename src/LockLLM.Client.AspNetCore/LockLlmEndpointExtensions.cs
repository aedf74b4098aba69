using System.Text.Json;
using LockLLM.Client.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Scans what endpoints receive. Register a scanner with <c>AddLockLlm</c> first.</summary>
public static class LockLlmEndpointExtensions
{
    /// <summary>Scans a text of an endpoint's argument before the endpoint runs: <c>.ScanWithLockLlm&lt;ChatRequest, _&gt;(chat => chat.Message)</c>.</summary>
    /// <typeparam name="TArgument">Type of the argument, such as the body.</typeparam>
    /// <typeparam name="TBuilder">Kind of endpoint.</typeparam>
    /// <param name="select">The text of the argument; null or empty text is not scanned.</param>
    /// <exception cref="InvalidOperationException">When called: the endpoint has no such argument.</exception>
    public static TBuilder ScanWithLockLlm<TArgument, TBuilder>(this TBuilder endpoint, Func<TArgument, string?> select, Action<LockLlmScanOptions>? configure = null)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(select);
        var options = Configured(configure);
        return endpoint.AddEndpointFilter(async (context, next) =>
        {
            var found = context.Arguments.OfType<TArgument>().ToList();
            if (found.Count == 0)
            {
                // Not scanned must never mean let through.
                throw new InvalidOperationException($"The endpoint has no argument of type {typeof(TArgument)}, or it is null, so nothing could be scanned.");
            }

            return await RequestScan.CheckAsync(context.HttpContext, found.Select(select), options).ConfigureAwait(false)
                ?? await next(context).ConfigureAwait(false);
        });
    }

    /// <summary>Scans a text of an endpoint's argument before the endpoint runs: <c>.ScanWithLockLlm((ChatRequest chat) => chat.Message)</c>.</summary>
    /// <inheritdoc cref="ScanWithLockLlm{TArgument, TBuilder}"/>
    public static RouteHandlerBuilder ScanWithLockLlm<TArgument>(this RouteHandlerBuilder endpoint, Func<TArgument, string?> select, Action<LockLlmScanOptions>? configure = null) =>
        endpoint.ScanWithLockLlm<TArgument, RouteHandlerBuilder>(select, configure);

    /// <summary>
    /// Scans fields of JSON bodies, at any depth and without regard to case, before anything behind it runs. Bodies that are
    /// no JSON are refused; use it within <c>UseWhen</c> for the paths that take prompts.
    /// </summary>
    /// <param name="fields">Names of the fields, such as <c>message</c>.</param>
    public static IApplicationBuilder UseLockLlmScan(this IApplicationBuilder app, IReadOnlyCollection<string> fields, Action<LockLlmScanOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var names = new HashSet<string>(fields, StringComparer.OrdinalIgnoreCase);
        var options = Configured(configure);
        return app.Use(async (context, next) =>
        {
            if (await CheckBodyAsync(context, names, options).ConfigureAwait(false) is { } answer)
            {
                await answer.ExecuteAsync(context).ConfigureAwait(false);
                return;
            }

            await next(context).ConfigureAwait(false);
        });
    }

    private static LockLlmScanOptions Configured(Action<LockLlmScanOptions>? configure)
    {
        var options = new LockLlmScanOptions();
        configure?.Invoke(options);
        return options;
    }

    private static async Task<IResult?> CheckBodyAsync(HttpContext context, HashSet<string> names, LockLlmScanOptions options)
    {
        var request = context.Request;
        if (request.ContentLength is 0 || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return null;
        }

        if (!request.HasJsonContentType())
        {
            return RequestScan.Problem(StatusCodes.Status415UnsupportedMediaType, "Only JSON is accepted.");
        }

        request.EnableBuffering(bufferThreshold: 64 << 10, bufferLimit: options.MaxBodyBytes);
        try
        {
            using var body = await JsonDocument.ParseAsync(request.Body, default, context.RequestAborted).ConfigureAwait(false);
            var texts = new List<string?>();
            Collect(body.RootElement, names, texts);
            request.Body.Position = 0;
            return await RequestScan.CheckAsync(context, texts, options).ConfigureAwait(false);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return RequestScan.Problem(StatusCodes.Status400BadRequest, "The body is no JSON.");
        }
        catch (IOException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return RequestScan.Problem(StatusCodes.Status413PayloadTooLarge, "The body is too large.");
        }
    }

    // Every occurrence, for a field that stands twice is read differently by different parsers.
    private static void Collect(JsonElement element, HashSet<string> names, List<string?> texts)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in element.EnumerateArray())
            {
                Collect(entry, names, texts);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (names.Contains(property.Name))
                {
                    CollectTexts(property.Value, texts);
                }
                else
                {
                    Collect(property.Value, names, texts);
                }
            }
        }
    }

    private static void CollectTexts(JsonElement element, List<string?> texts)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                texts.Add(element.GetString());
                break;
            case JsonValueKind.Array:
                foreach (var entry in element.EnumerateArray())
                {
                    CollectTexts(entry, texts);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    CollectTexts(property.Value, texts);
                }

                break;
            default:
                break;
        }
    }
}
