using LockLLM.Contracts.Management;
using LockLLM.Gateway.RequestLog;

namespace LockLLM.Gateway.Management;

/// <summary>Checks the audit chain. It is read as a whole, so one caller at a time does that and the others get the same answer for a while.</summary>
internal sealed class AuditStatusReader(AuditTrail trail, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _one = new(1);
    private AuditStatus? _last;

    public async Task<AuditStatus> ReadAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            if (_last is not { } last || now - last.CheckedAt >= s_lifetime)
            {
                var check = await trail.VerifyAsync(cancellationToken);
                _last = last = new AuditStatus
                {
                    Intact = check.IsIntact,
                    Events = check.Events,
                    BrokenAt = check.BrokenAt,
                    Problem = check.Problem,
                    Dropped = trail.Dropped,
                    CheckedAt = now,
                };
            }

            return last;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
