using LockLLM.Gateway.Proxy.Upstream;
using Microsoft.AspNetCore.Http;

namespace LockLLM.Gateway.Tests.Proxy.Upstream;

/// <summary>A body whose receiver has stopped reading, as a provider may that has answered over HTTP/2.</summary>
public sealed class ForwardedBodyTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sending_that_is_stuck_ends_when_it_is_told_to(bool goesOn)
    {
        using var body = new ForwardedBody(new byte[10], goesOn, new DefaultHttpContext().Request);
        using var receiver = new Stuck();
        var sending = body.CopyToAsync(receiver);
        await receiver.Reached.Task.WaitAsync(s_patience);
        Assert.False(sending.IsCompleted);
        await body.StopAsync().AsTask().WaitAsync(s_patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal(0, receiver.Writing);
    }

    [Fact]
    public async Task The_callers_own_body_is_sent_once()
    {
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream("rest"u8.ToArray());
        using var body = new ForwardedBody("first, "u8.ToArray(), goesOn: true, request);
        using var receiver = new MemoryStream();
        await body.CopyToAsync(receiver);
        Assert.Equal("first, rest"u8.ToArray(), receiver.ToArray());
        await Assert.ThrowsAsync<HttpRequestException>(() => body.CopyToAsync(receiver));
        Assert.Equal("first, rest"u8.ToArray(), receiver.ToArray());
    }

    private sealed class Stuck : MemoryStream
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Writing { get; private set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writing++;
            Reached.TrySetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                Writing--;
            }
        }
    }
}
