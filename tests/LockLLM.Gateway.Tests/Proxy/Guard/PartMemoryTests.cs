using LockLLM.Engine;
using LockLLM.Gateway.Proxy.Guard;

namespace LockLLM.Gateway.Tests.Proxy.Guard;

public sealed class PartMemoryTests
{
    private const int Capacity = 100;

    [Fact]
    public void It_holds_at_most_two_generations_and_keeps_what_is_asked_for()
    {
        var memory = new PartMemory(Capacity);
        memory.Remember(7, new KnownPart(1, 0));
        for (var i = 1000; i < 10_000; i++)
        {
            memory.Remember((UInt128)i, new KnownPart(0, 0));
            Assert.InRange(memory.Count, 1, 2 * Capacity);
            Assert.True(memory.TryFind(7, out var kept));
            Assert.Equal(1, kept.Score);
        }

        Assert.False(memory.TryFind(1000, out _));
        Assert.True(memory.TryFind(9_999, out _));
    }

    [Fact]
    public void What_is_said_last_counts()
    {
        var memory = new PartMemory(Capacity);
        memory.Remember(7, new KnownPart(1, 0));
        for (var i = 0; i < Capacity; i++)
        {
            memory.Remember((UInt128)(1000 + i), default);
        }

        memory.Remember(7, new KnownPart(99, 5));
        Assert.True(memory.TryFind(7, out var known));
        Assert.Equal(new KnownPart(99, 5), known);
    }

    [Fact]
    public void Accounts_have_memories_of_their_own_and_a_bounded_number_of_them()
    {
        var memories = new PartMemories(accounts: 10, Capacity);
        memories.Of("a").Remember(7, default);
        Assert.False(memories.Of("b").TryFind(7, out _));
        Assert.True(memories.Of("a").TryFind(7, out _));
        for (var i = 0; i < 100; i++)
        {
            memories.Of(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"other {i}"));
        }

        Assert.False(memories.Of("a").TryFind(7, out _));
    }

    [Fact]
    public void A_text_has_another_name_for_another_trust_and_in_another_process()
    {
        var keys = new PartKeys();
        Assert.Equal(keys.Of(Trust.User, "red"), keys.Of(Trust.User, "red"));
        Assert.NotEqual(keys.Of(Trust.User, "red"), keys.Of(Trust.User, "Red"));
        Assert.NotEqual(keys.Of(Trust.User, "red"), keys.Of(Trust.Tool, "red"));
        Assert.NotEqual(keys.Of(Trust.User, "red"), new PartKeys().Of(Trust.User, "red"));
        Assert.NotEqual(PartKeys.Then(PartKeys.Then(1, 2), 3), PartKeys.Then(PartKeys.Then(1, 3), 2));
    }

    [Fact]
    public void Coverage_is_not_to_be_had_while_a_text_is_missing()
    {
        var ledger = new Coverage.Ledger(parts: 3);
        ledger.Judged(10);
        ledger.Remembered(5);
        Assert.Null(ledger.Close());
        ledger.Withheld();
        var coverage = ledger.Close();
        Assert.NotNull(coverage);
        Assert.Equal((3, 1, 1, 1, 15), (coverage.Parts, coverage.Judged, coverage.Remembered, coverage.Withheld, coverage.Scalars));
        Assert.Empty(typeof(Coverage).GetConstructors());
    }
}
