using System.Collections.Concurrent;
using LockLLM.Engine.Detection;
using LockLLM.Engine.Models;

namespace LockLLM.Engine.Tests.Detection;

public sealed class WorkspacePoolTests
{
    private readonly WorkspacePool _pool = new(InjectionModel.LoadShipped());

    [Fact]
    public void No_pass_is_lent_to_two_at_once()
    {
        var lent = new ConcurrentDictionary<DetectionPass, bool>();
        Parallel.For(0, 20_000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ =>
        {
            var pass = _pool.Rent(100);
            Assert.True(lent.TryAdd(pass, true));
            Assert.True(lent.TryRemove(pass, out var _));
            _pool.Return(pass, 100);
        });
    }

    [Theory]
    [InlineData(100)]
    [InlineData(50_000)]
    public void As_many_passes_as_there_are_places_are_kept_and_go_out_again(int length)
    {
        var many = Enumerable.Range(0, (Environment.ProcessorCount * 2) + 3).Select(_ => _pool.Rent(length)).ToHashSet();
        foreach (var pass in many)
        {
            _pool.Return(pass, length);
        }

        var again = Enumerable.Range(0, many.Count).Select(_ => _pool.Rent(length)).ToArray();
        Assert.Equal(many.Count, again.Distinct().Count());
        Assert.Equal(length > 16 * 1024 ? 2 : Environment.ProcessorCount * 2, again.Count(many.Contains));
    }
}
