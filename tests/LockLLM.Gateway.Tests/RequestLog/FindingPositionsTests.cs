using CsCheck;
using LockLLM.Contracts;
using LockLLM.Contracts.Scan;
using LockLLM.Gateway.RequestLog;

namespace LockLLM.Gateway.Tests.RequestLog;

public sealed class FindingPositionsTests
{
    private static readonly Gen<ScanThreat> s_threat = Gen.Select(
        Any(ThreatCategories.Injection, ThreatCategories.RagInjection, ThreatCategories.Obfuscation),
        Gen.Int[0, 10_000],
        Gen.Int[0, 1_000_000],
        Gen.Int[0, 1_000_000],
        Any<string?>(null, "base64", "base64+unicode_tags"),
        static (category, score, start, end, encoding) => new ScanThreat(category, score / 100.0, start, end, encoding));

    [Fact]
    public void What_is_written_is_read_and_is_made_of_few_characters()
    {
        Gen.Select(s_threat.List[1, 16], Gen.Int[0, 1_000_000], Any<string?>(null, "user", "tool_result")).Sample((threats, length, origin) =>
        {
            threats = threats.ConvertAll(threat => threat with { Origin = origin });
            var written = FindingPositions.Write(threats, length)!;
            Assert.Matches("^[a-z0-9_ :.+-]+$", written);
            var read = FindingPositions.Read(written)!;
            Assert.Equal((origin ?? "input", length), (read.Origin, read.Length));
            Assert.Equal(threats, read.Threats);
        });
    }

    [Fact]
    public void Where_nothing_was_found_nothing_is_written()
    {
        Assert.Null(FindingPositions.Write(null, 10));
        Assert.Null(FindingPositions.Write([], 10));
        Assert.Null(FindingPositions.Read(null));
    }

    [Fact]
    public void Whatever_stands_in_a_record_is_read_without_a_fault()
    {
        Gen.OneOf(Gen.String, Gen.String["inputser 0123456789:-."]).Sample(static text => _ = FindingPositions.Read(text));
        Assert.Null(FindingPositions.Read("user"));
        Assert.Null(FindingPositions.Read("user -1 jailbreak:1-2:3"));
        Assert.Empty(FindingPositions.Read("user 10 jailbreak:1-x:3 jailbreak")!.Threats);
    }

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
