using System.Threading.Channels;
using LockLLM.Gateway.Analytics;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;

namespace LockLLM.Gateway.RequestLog;

/// <summary>
/// Writes queued records and audit events in batches. While the database is gone it keeps the batch at hand and tries again;
/// an entry that the database refuses is left out and counted, so that it does not hold up those behind it.
/// </summary>
internal sealed partial class RequestLogWriter : BackgroundService
{
    private const int BatchSize = 2000;

    // So many wait no longer: together they cost little enough, and garbage collections copy all that waits (7 MB of heap at 20,000 a second).
    private const int Enough = 400;

    // Records come one by one; written together they cost a fraction.
    private static readonly TimeSpan s_gather = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(5);

    private readonly Drain<RequestRecord> _records;
    private readonly Drain<QueuedEvent> _audit;

    public RequestLogWriter(RequestLogQueue records, AuditTrail audit, GatewayDatabase database, RequestLogMetrics metrics, TimeProvider clock, ILogger<RequestLogWriter> logger)
    {
        metrics.Watch(records, audit);
        _records = new Drain<RequestRecord>(records.Queue, s_gather, database, clock, logger)
        {
            Add = static (context, batch, token) =>
            {
                context.Insert(batch, token);
                return UsageSumStore.AddAsync(context, batch, token);
            },
            Written = records.CountWritten,
            Refused = records.CountRefused,
        };
        _audit = new Drain<QueuedEvent>(audit.Queue, TimeSpan.Zero, database, clock, logger) { Add = audit.AppendAsync, Written = static _ => { }, Refused = audit.CountRefused };
    }

    /// <summary>What came in before the stop is still written, if the database takes it.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (ExecuteTask is not { IsCompleted: false })
        {
            using var farewell = new CancellationTokenSource(s_farewell);
            await Task.WhenAll(_records.FinishAsync(farewell.Token), _audit.FinishAsync(farewell.Token));
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_records.RunAsync(stoppingToken), _audit.RunAsync(stoppingToken));

    [LoggerMessage(EventId = 1401, Level = LogLevel.Warning, Message = "{Count} entries of {Kind} are not written yet: {Fault}")]
    private static partial void LogFailed(ILogger logger, string kind, int count, Fault fault);

    [LoggerMessage(EventId = 1402, Level = LogLevel.Error, Message = "The database refuses an entry of {Kind}; it is left out. {Fault}")]
    private static partial void LogRefused(ILogger logger, string kind, Fault fault);

    private sealed class Drain<T>(ChannelReader<T> queue, TimeSpan gather, GatewayDatabase database, TimeProvider clock, ILogger logger)
    {
        private readonly List<T> _batch = new(BatchSize);

        public required Func<GatewayDbContext, IReadOnlyList<T>, CancellationToken, Task> Add { get; init; }

        public required Action<int> Written { get; init; }

        public required Action Refused { get; init; }

        public async Task RunAsync(CancellationToken stoppingToken)
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    if (_batch.Count == 0 && !await queue.WaitToReadAsync(stoppingToken))
                    {
                        return;
                    }

                    for (var left = gather; left > TimeSpan.Zero && _batch.Count + queue.Count < Enough; left -= s_look)
                    {
                        await Task.Delay(s_look, clock, stoppingToken);
                    }

                    Fill();
                    await WriteAsync(stoppingToken);
                }
                catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception failed)
                {
                    LogFailed(logger, typeof(T).Name, _batch.Count, new Fault(failed));
                    await Task.Delay(s_pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }

        public async Task FinishAsync(CancellationToken cancellationToken)
        {
            try
            {
                for (Fill(); _batch.Count > 0; Fill())
                {
                    await WriteAsync(cancellationToken);
                }
            }
            catch (Exception failed)
            {
                LogFailed(logger, typeof(T).Name, _batch.Count, new Fault(failed));
            }
        }

        private void Fill()
        {
            while (_batch.Count < BatchSize && queue.TryRead(out var item))
            {
                _batch.Add(item);
            }
        }

        private async Task WriteAsync(CancellationToken cancellationToken)
        {
            try
            {
                await WriteAsync(_batch, cancellationToken);
                Written(_batch.Count);
                _batch.Clear();
                return;
            }
            catch (Exception failed) when (failed is not (DatabaseUnavailableException or OperationCanceledException))
            {
                LogFailed(logger, typeof(T).Name, _batch.Count, new Fault(failed));
            }

            // The database is there and does not like something of it.
            while (_batch.Count > 0)
            {
                try
                {
                    await WriteAsync([_batch[0]], cancellationToken);
                    Written(1);
                }
                catch (Exception failed) when (failed is not (DatabaseUnavailableException or OperationCanceledException))
                {
                    Refused();
                    LogRefused(logger, typeof(T).Name, new Fault(failed));
                }

                _batch.RemoveAt(0);
            }
        }

        private Task<Outcome<bool>> WriteAsync(IReadOnlyList<T> batch, CancellationToken cancellationToken) => database.ChangeAsync<bool>(
            async (context, token) =>
            {
                await Add(context, batch, token);
                return true;
            },
            cancellationToken);
    }
}
