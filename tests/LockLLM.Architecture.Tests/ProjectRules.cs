using System.Xml.Linq;
using ArchUnitNET.xUnitV3;
using static LockLLM.Architecture.Tests.Loaded;

namespace LockLLM.Architecture.Tests;

/// <summary>The arrows between projects, and what each of them must not touch.</summary>
public class ProjectRules
{
    private const string Web = @"^(Microsoft\.AspNetCore|Microsoft\.Extensions)\.";
    private const string Network = @"^System\.Net\.(?!WebUtility$)"; // that one only decodes HTML
    private const string Files = @"^System\.IO\.(File|FileStream|FileInfo|Directory|DirectoryInfo|DriveInfo|FileSystemWatcher|RandomAccess)$";
    private const string Clocks = @"^System\.(TimeProvider|Diagnostics\.Stopwatch|Threading\.Timer|Timers\..*)$";

    [Theory]
    [InlineData("Client", "Contracts")]
    [InlineData("Client.AspNetCore", "Client")]
    [InlineData("Client.Embedded", "Client", "Engine")]
    [InlineData("Client.Providers", "Client")]
    [InlineData("Contracts")]
    [InlineData("Engine")]
    [InlineData("Gateway", "Contracts", "Engine")]
    [InlineData("Training", "Engine")]
    public void A_project_references_only_what_the_picture_shows(string project, params string[] expected)
    {
        var file = XDocument.Load(Path.Combine(RepositoryRoot(), "src", $"LockLLM.{project}", $"LockLLM.{project}.csproj"));
        var found = file.Descendants("ProjectReference").Select(static reference =>
            Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))["LockLLM.".Length..]);
        Assert.Equal(expected, found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_project_of_the_product_is_missing_from_the_picture() =>
        Assert.Equal(
            ["LockLLM.Client", "LockLLM.Client.AspNetCore", "LockLLM.Client.Embedded", "LockLLM.Client.Providers", "LockLLM.Contracts", "LockLLM.Engine", "LockLLM.Gateway", "LockLLM.Training"],
            Directory.GetDirectories(Path.Combine(RepositoryRoot(), "src")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void The_engine_is_pure_computation() =>
        Of(EngineAssembly).Should().NotDependOnAny(Named($"{Web}|{Network}|{Files}|{Clocks}|^System\\.Console$"))
            .Because("it takes text or a stream and gives a verdict, wherever it runs")
            .Check(Loaded.Architecture);

    [Fact]
    public void Contracts_hold_nothing_that_acts() =>
        Of(ContractsAssembly).Should().NotDependOnAny(Named($"{Web}|{Network}|{Files}|{Clocks}|^System\\.Console$"))
            .Because("both sides of the wire share them")
            .Check(Loaded.Architecture);

    [Fact]
    public void The_engine_shows_only_its_front() =>
        Of(EngineAssembly).And().ResideInNamespaceMatching(@"^LockLLM\.Engine\.").And().AreNotNested().Should().NotBePublic()
            .Because("what is public is promised")
            .Check(Loaded.Architecture);

    [Fact]
    public void Nothing_in_the_gateway_is_public() =>
        Of(GatewayAssembly).And().AreNotNested().And().DoNotResideInNamespaceMatching(@"^LockLLM\.Gateway\.Dashboard\.(Layout|Pages)$").And().DoNotHaveNameMatching("^_Imports$").Should().NotBePublic()
            .Because("nobody references a host; components are made public by their compiler")
            .Check(Loaded.Architecture);

    [Fact]
    public void Reading_disguises_knows_nothing_of_judging() =>
        Room("Engine", "Normalization|Decoding|Deobfuscation|Language").Should().NotDependOnAny(Room("Engine", "Features|Models|Detection"))
            .Because("canonical text is what judging starts from")
            .Check(Loaded.Architecture);

    [Fact]
    public void Features_and_models_know_nothing_of_a_scan() =>
        Room("Engine", "Features|Models").Should().NotDependOnAny(Room("Engine", "Detection"))
            .Because("training uses them without one")
            .Check(Loaded.Architecture);
}
