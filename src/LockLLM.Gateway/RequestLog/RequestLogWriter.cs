using System.Threading.Channels;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Storage;

namespace LockLLM.Gateway.RequestLog;

/// <summary>Writes queued records and audit events in batches. While the database is gone it keeps the batch at hand and tries again.</summary>
internal sealed partial class RequestLogWriter(RequestLogQueue records, AuditTrail audit, GatewayDatabase database, TimeProvider clock, ILogger<RequestLogWriter> logger) : BackgroundService
{
    private const int BatchSize = 500;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        DrainAsync(records.Queue, static (context, batch, _) =>
        {
            context.RequestRecords.AddRange(batch);
            return Task.CompletedTask;
        }, stoppingToken),
        DrainAsync(audit.Queue, static async (context, batch, token) =>
        {
            foreach (var (audited, at) in batch)
            {
                await AuditTrail.AppendAsync(context, audited, at, token);
            }
        }, stoppingToken));

    private async Task DrainAsync<T>(ChannelReader<T> queue, Func<GatewayDbContext, List<T>, CancellationToken, Task> add, CancellationToken stoppingToken)
    {
        var batch = new List<T>(BatchSize);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (batch.Count == 0 && !await queue.WaitToReadAsync(stoppingToken))
                {
                    return;
                }

                Fill(queue, batch);
                await WriteAsync(batch, add, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failed)
            {
                LogFailed(typeof(T).Name, batch.Count, new Fault(failed));
                await Task.Delay(s_pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        // What came in before the stop is still written, if the database takes it.
        using var farewell = new CancellationTokenSource(s_farewell);
        try
        {
            for (Fill(queue, batch); batch.Count > 0; Fill(queue, batch))
            {
                await WriteAsync(batch, add, farewell.Token);
            }
        }
        catch (Exception failed)
        {
            LogFailed(typeof(T).Name, batch.Count, new Fault(failed));
        }
    }

    private static void Fill<T>(ChannelReader<T> queue, List<T> batch)
    {
        while (batch.Count < BatchSize && queue.TryRead(out var item))
        {
            batch.Add(item);
        }
    }

    private async Task WriteAsync<T>(List<T> batch, Func<GatewayDbContext, List<T>, CancellationToken, Task> add, CancellationToken cancellationToken)
    {
        await database.ChangeAsync<bool>(
            async (context, token) =>
            {
                await add(context, batch, token);
                return true;
            },
            cancellationToken);
        batch.Clear();
    }

    [LoggerMessage(EventId = 1401, Level = LogLevel.Warning, Message = "{Count} entries of {Kind} are not written yet: {Fault}")]
    private partial void LogFailed(string kind, int count, Fault fault);
}
