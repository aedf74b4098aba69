using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Hosting;
using Microsoft.Extensions.Configuration;

namespace LockLLM.Gateway.Tests.Hosting;

public sealed class StrictConfigurationTests
{
    [Fact]
    public void Every_setting_can_be_set()
    {
        var options = Read(
            ("LockLLM:DataDirectory", "/d"), ("LockLLM:MasterKey", "k"), ("LockLLM:MasterKeyFile", "f"), ("LockLLM:Bootstrap:ApiKey", "a"),
            ("LockLLM:Scan:Debug", "false"), ("LockLLM:Scan:MaxRequestBytes", "70000"), ("LockLLM:Scan:ConcurrentLongScans", "3"),
            ("LockLLM:Scan:WaitingLongScans", "0"), ("LockLLM:Cors:Origins:0", "https://a"), ("LockLLM:Cors:Origins:1", "https://b"));
        Assert.Equal(("/d", "k", "f", "a"), (options.DataDirectory, options.MasterKey, options.MasterKeyFile, options.Bootstrap.ApiKey));
        Assert.Equal((false, 70000, 3, 0), (options.Scan.Debug, options.Scan.MaxRequestBytes, options.Scan.ConcurrentLongScans, options.Scan.WaitingLongScans));
        Assert.Equal(["https://a", "https://b"], options.Cors.Origins);
    }

    [Fact]
    public void Names_compare_without_case_and_other_sections_are_not_ours() =>
        Assert.False(Read(("lockllm:scan:debug", "false"), ("Logging:Anything", "x"), ("LOCKLLMX:Y", "z")).Scan.Debug);

    [Theory]
    [InlineData("LockLLM:Scann:Debug", "true", "LockLLM:Scann")]
    [InlineData("LockLLM:Scan:Debugg", "true", "LockLLM:Scan:Debugg")]
    [InlineData("LockLLM:MasterKeyFiles", "x", "LockLLM:MasterKeyFiles")]
    [InlineData("LockLLM:Bootstrap:Apikeys", "x", "LockLLM:Bootstrap:Apikeys")]
    [InlineData("LockLLM:Scan:Debug", "ja", "LockLLM:Scan:Debug")]
    [InlineData("LockLLM:Database:Provider", "Oracle", "LockLLM:Database:Provider")]
    [InlineData("LockLLM:Database:Provider", "Postgres", "LockLLM:Database:ConnectionString")]
    [InlineData("LockLLM:Bootstrap:ProviderKeys:0:Provder", "openai", "LockLLM:Bootstrap:ProviderKeys:0:Provder")]
    [InlineData("LockLLM:RateLimit:RequestsPerMinute", "0", "LockLLM:RateLimit:RequestsPerMinute")]
    [InlineData("LockLLM:RateLimit:Tiers:0:RequestsPerMinute", "5", "LockLLM:RateLimit:Tiers:0:Name")]
    [InlineData("LockLLM:Scan:MaxRequestBytes", "65535", "LockLLM:Scan:MaxRequestBytes")]
    [InlineData("LockLLM:Scan:MaxRequestBytes", "2MB", "LockLLM:Scan:MaxRequestBytes")]
    [InlineData("LockLLM:Scan:ConcurrentLongScans", "-1", "LockLLM:Scan:ConcurrentLongScans")]
    public void A_wrong_setting_is_named(string name, string value, string named) =>
        Assert.Contains(named, Assert.Throws<StartupRefusal>(() => Read((name, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void All_wrong_settings_are_named_at_once()
    {
        var message = Assert.Throws<StartupRefusal>(() => Read(("LockLLM:A", "1"), ("LockLLM:Scan:B", "2"), ("LockLLM:Scan:WaitingLongScans", "-1"))).Message;
        Assert.Equal(3, message.Split('\n').Length);
    }

    private static GatewayOptions Read(params (string, string)[] settings) => StrictConfiguration.Read(Configuration(settings));

    private static IConfiguration Configuration(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create<string, string?>(pair.Name, pair.Value))).Build();
}
