using LockLLM.Gateway.Hosting;

namespace LockLLM.Gateway.Tests.Hosting;

public sealed class IdleMemoryTests
{
    [Fact]
    public void Memory_is_given_back_once_after_a_burst_and_never_during_one()
    {
        var watch = new IdleWatch(1000);
        var allocated = 1000L;
        Assert.False(After(IdleWatch.Quiet - 1)); // quiet, and nothing to give
        for (var look = 0; look < 20; look++)
        {
            Assert.False(After(IdleWatch.Quiet)); // at work
        }

        Assert.True(After(0));
        Assert.False(After(0));
        for (var look = 1; look <= IdleWatch.Burst / (IdleWatch.Quiet - 1); look++)
        {
            Assert.False(After(IdleWatch.Quiet - 1));
        }

        Assert.True(After(IdleWatch.Quiet - 1)); // health checks and the like add up to a burst in the end

        bool After(long bytes) => watch.IsTime(allocated += bytes);
    }
}
