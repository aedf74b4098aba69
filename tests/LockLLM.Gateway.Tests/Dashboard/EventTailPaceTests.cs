using System.IO.Pipelines;
using System.Threading.Channels;
using LockLLM.Gateway.Accounts;
using LockLLM.Gateway.Dashboard;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using LockLLM.Gateway.Tests.Management;
using LockLLM.Gateway.Tests.Members;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LockLLM.Gateway.Tests.Dashboard;

/// <summary>How soon the live list tells, on a clock that only the test moves.</summary>
public sealed class EventTailPaceTests : IDisposable
{
    /// <summary>From the end of a request to its row is a second; gathering records before they are written takes up to 100 ms of it.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(900);

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly ManagementGateway _gateway = Browser.Gateway();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task An_event_is_sent_within_a_second_even_if_it_was_written_just_after_a_look()
    {
        using var owner = await Browser.OwnerAsync(_gateway);
        using var patience = new CancellationTokenSource(s_patience);
        await using var scope = _gateway.Gateway.Services.CreateAsyncScope();
        var signedIn = (await _gateway.Get<SessionStore>().FindAsync(owner.Cookie!.Split('=', 2)[1], patience.Token))!;
        var pipe = new Pipe();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider, RequestAborted = patience.Token };
        context.Response.Body = pipe.Writer.AsStream();
        var visit = new DashboardVisit();
        visit.Open(context, signedIn, "");
        var clock = new WaitingClock();
        var tail = new EventTail(
            _gateway.Get<RequestLogReader>(), _gateway.Get<SessionStore>(), _gateway.Get<AccountSnapshots>(), _gateway.Get<IHostApplicationLifetime>(), clock, _gateway.Get<ILoggerFactory>());
        var followed = tail.Follow(context, visit).ExecuteAsync(context);
        using var lines = new StreamReader(pipe.Reader.AsStream());

        // Long enough that it has also asked whether the session goes on, and said so.
        for (var i = 0; i < 20; i++)
        {
            // It has looked and waits: nothing that is written now was seen.
            var wait = await clock.Waits.ReadAsync(patience.Token);
            Assert.True(wait <= s_limit, $"The tail waits for {wait}.");
            var id = "log_pace" + i;
            await WriteAsync(signedIn.Member.AccountId, id, patience.Token);
            clock.Advance(s_limit);
            while (await lines.ReadLineAsync(patience.Token) is not { } line || !line.Contains($"data-row=\"{id}\"", StringComparison.Ordinal))
            {
            }
        }

        await patience.CancelAsync();
        await followed.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private Task<Outcome<bool>> WriteAsync(string account, string id, CancellationToken cancellationToken) => _gateway.Get<GatewayDatabase>().ChangeAsync<bool>(
        (context, _) =>
        {
            context.RequestRecords.Add(new RequestRecord
            {
                Id = id,
                AccountId = account,
                CreatedAt = TimeProvider.System.GetUtcNow(),
                Kind = RequestKind.ScanApi,
                Subkind = RequestSubkind.None,
                Status = RequestStatus.Success,
                RequestId = "req_" + id,
                HttpStatus = 200,
                IsSafe = true,
            });
            return Task.FromResult<Outcome<bool>>(true);
        },
        cancellationToken);

    /// <summary>Tells when somebody begins to wait on it, and for how long.</summary>
    private sealed class WaitingClock : FakeTimeProvider
    {
        private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

        public ChannelReader<TimeSpan> Waits => _waits.Reader;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _waits.Writer.TryWrite(dueTime);
            return timer;
        }
    }
}
