using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Dashboard.Layout;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace LockLLM.Gateway.Dashboard;

/// <summary>
/// New events as they are written, as rows of the list. They come out of the database, so that those of all gateways do;
/// following is no use of a session, and ends with it.
/// </summary>
internal sealed class EventTail(RequestLogReader reader, SessionStore sessions, AccountSnapshots snapshots, IHostApplicationLifetime lifetime, TimeProvider clock, ILoggerFactory loggers)
{
    /// <summary>Pages that can follow at once, of all members.</summary>
    public const int MaxFollowers = 200;

    /// <summary>Events looked at each time: as many as the page begins with, so that what it has not is newer. Where more come at once, the rest is found in the list.</summary>
    private const int Window = EventQuery.PageSize;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(5);

    private int _followers;

    public IResult Follow(HttpContext context, DashboardVisit visit)
    {
        var query = EventQuery.Read(context.Request.Query);
        if (query.Error is { } error)
        {
            return new ErrorResult(error);
        }

        // Of proxies in front, which would hold back what comes slowly.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(FollowAsync(visit, query.Value!, context.RequestServices, context.RequestAborted));
    }

    private async IAsyncEnumerable<SseItem<string>> FollowAsync(DashboardVisit visit, EventQuery query, IServiceProvider services, [EnumeratorCancellation] CancellationToken aborted)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(aborted, lifetime.ApplicationStopping);
        try
        {
            if (Interlocked.Increment(ref _followers) > MaxFollowers)
            {
                yield return new SseItem<string>("1", "busy");
                yield break;
            }

            yield return new SseItem<string>("1", "ready");
            await using var renderer = new HtmlRenderer(services, loggers);
            HashSet<string> known = [];
            var looked = clock.GetUtcNow();
            while (!ends.IsCancellationRequested)
            {
                if (clock.GetUtcNow() - looked >= s_look)
                {
                    looked = clock.GetUtcNow();
                    if (await TryAsync(() => sessions.GoesOnAsync(visit.SessionId!, ends.Token)) is { Answered: true, Value: false })
                    {
                        yield return new SseItem<string>("1", "over");
                        yield break;
                    }

                    // Tells proxies and this gateway that the reader is still there.
                    yield return new SseItem<string>("1", "beat");
                }

                if (await TryAsync(() => reader.ListAsync(visit.Member.AccountId, query.Log.Filter, Window, 0, ends.Token)) is { Answered: true, Value: { } newest })
                {
                    var fresh = newest.Where(record => !known.Contains(record.Id)).Reverse().ToArray();
                    known = [.. newest.Select(static record => record.Id)];
                    if (fresh.Length > 0)
                    {
                        yield return new SseItem<string>(await RenderAsync(renderer, query, visit.Member.AccountId, fresh), "rows");
                    }
                }

                await Task.Delay(s_pause, clock, ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _followers);
        }
    }

    // An outage of the database is waited out.
    private static async Task<(bool Answered, T? Value)> TryAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return (true, await read());
        }
        catch (Exception failed) when (failed is DatabaseUnavailableException or OperationCanceledException)
        {
            return default;
        }
    }

    private Task<string> RenderAsync(HtmlRenderer renderer, EventQuery query, string accountId, IReadOnlyList<RequestRecord> records)
    {
        var keys = snapshots.Find(accountId)?.ApiKeys ?? [];
        EventRow[] rows = [.. records.Select(record => EventWords.Row(record, query, keys))];
        return renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<EventRows>(
            ParameterView.FromDictionary(new Dictionary<string, object?>(StringComparer.Ordinal) { [nameof(EventRows.Rows)] = rows }))).ToHtmlString());
    }
}
