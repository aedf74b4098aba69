using System.Collections.Concurrent;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Accounts;

/// <summary>When keys were last used: noted in memory by requests, written every few seconds. A note lost in a crash costs nothing.</summary>
internal sealed partial class LastUse(GatewayDatabase database, TimeProvider clock, ILogger<LastUse> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    private readonly Notes _apiKeys = new();
    private readonly Notes _providerKeys = new();

    public void OfApiKey(string id, DateTimeOffset now) => _apiKeys.Take(id, now);

    public void OfProviderKey(string id, DateTimeOffset now) => _providerKeys.Take(id, now);

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var apiKeys = _apiKeys.Unwritten();
        var providerKeys = _providerKeys.Unwritten();
        if (apiKeys.Count + providerKeys.Count == 0)
        {
            return;
        }

        await database.ChangeAsync<bool>(
            async (context, token) =>
            {
                foreach (var (id, at) in apiKeys)
                {
                    await context.ApiKeys.Where(key => key.Id == id && (key.LastUsedAt == null || key.LastUsedAt < at))
                        .ExecuteUpdateAsync(row => row.SetProperty(static key => key.LastUsedAt, at), token);
                }

                foreach (var (id, at) in providerKeys)
                {
                    await context.ProviderKeys.Where(key => key.Id == id && (key.LastUsedAt == null || key.LastUsedAt < at))
                        .ExecuteUpdateAsync(row => row.SetProperty(static key => key.LastUsedAt, at), token);
                }

                return true;
            },
            cancellationToken);
        _apiKeys.Written(apiKeys);
        _providerKeys.Written(providerKeys);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, clock);
        var runs = true;
        while (runs)
        {
            try
            {
                runs = await timer.WaitForNextTickAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                runs = false;
            }

            try
            {
                using var patience = new CancellationTokenSource(s_interval);
                await WriteAsync(patience.Token);
            }
            catch (Exception failed)
            {
                LogFailed(new Fault(failed));
            }
        }
    }

    [LoggerMessage(EventId = 1303, Level = LogLevel.Information, Message = "When keys were last used could not be written yet: {Fault}")]
    private partial void LogFailed(Fault fault);

    private sealed class Notes
    {
        // Finer than people look at it; spares a busy key a write per request.
        private static readonly long s_grain = TimeSpan.TicksPerSecond;

        private readonly ConcurrentDictionary<string, (long Seen, bool IsWritten)> _seen = new(StringComparer.Ordinal);

        public void Take(string id, DateTimeOffset now)
        {
            if (!_seen.TryGetValue(id, out var known) || now.UtcTicks - known.Seen >= s_grain)
            {
                _seen[id] = (now.UtcTicks, false);
            }
        }

        public List<(string Id, DateTimeOffset At)> Unwritten() =>
            [.. _seen.Where(static note => !note.Value.IsWritten).Select(static note => (note.Key, new DateTimeOffset(note.Value.Seen, TimeSpan.Zero)))];

        public void Written(List<(string Id, DateTimeOffset At)> notes)
        {
            foreach (var (id, at) in notes)
            {
                _seen.TryUpdate(id, (at.UtcTicks, true), (at.UtcTicks, false));
            }
        }
    }
}
