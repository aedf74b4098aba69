using System.Net;
using System.Net.Sockets;
using LockLLM.Gateway.Egress;
using LockLLM.Gateway.Tests.Proxy.Upstream;

namespace LockLLM.Gateway.Tests.Egress;

/// <summary>Where connections may lead, by every spelling that an address has.</summary>
public sealed class AddressGuardTests
{
    private static readonly HostLookup s_public = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("93.184.215.14")]);

    // Spellings that name an address of this machine, its network, its cloud or nobody at all.
    public static TheoryData<string> NotPublic =>
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "100.100.100.200", "127.0.0.1", "127.1.2.3", "127.255.255.255",
        "169.254.169.254", "169.254.0.1", "168.63.129.16", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.52.193.1", "192.88.99.1",
        "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "2130706433", "0x7f000001", "017700000001", "0x7f.0.0.1", "0177.0.0.1", "127.1", "127.0.1", "0", "0xA9FEA9FE", "2852039166", "0x7f.1", "10.1",
        "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:7f00:1]", "[::ffff:93.184.215.14]", "[::127.0.0.1]",
        "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[100::1]", "[2001::1]", "[2001:db8::1]", "[3fff::1]", "[5f00::1]",
        "[fc00::1]", "[fd00:ec2::254]", "[fdff::1]", "[fe80::1]", "[fe80::1%25eth0]", "[febf::1]", "[fec0::1]", "[ff02::1]", "[ff0e::1]",
    ];

    public static TheoryData<string> Public => ["93.184.215.14", "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "198.20.0.1", "223.255.255.254", "[2606:4700::1111]", "[2a00:1450:4001:82a::200e]"];

    [Theory]
    [MemberData(nameof(NotPublic))]
    public async Task Is_not_called(string host)
    {
        await using var provider = new ForwarderHost { Access = new() { Secret = "s", Endpoint = $"http://{host}:9/v1" } };
        provider.Egress.AllowPrivateNetworks = false;
        await provider.StartAsync();
        var answer = await provider.Client.GetAsync("/custom/models");
        await answer.ErrorAsync(HttpStatusCode.BadRequest, "provider_misconfigured");
    }

    [Theory]
    [MemberData(nameof(NotPublic))]
    public void Is_not_stored(string host) => Assert.NotNull(Guard().Problem($"https://{host}/v1"));

    [Theory]
    [MemberData(nameof(Public))]
    public void The_internet_may_be_stored_and_called(string host)
    {
        Assert.Null(Guard().Problem($"https://{host}/v1"));
        Assert.True(PublicAddresses.IsPublic(IPAddress.Parse(host)));
    }

    [Theory]
    [InlineData("http://models.example.com/v1")]
    [InlineData("ftp://models.example.com/")]
    [InlineData("https://user@models.example.com/")]
    [InlineData("https://user:password@models.example.com/")]
    [InlineData("https://models.example.com@127.0.0.1/")]
    [InlineData("https://models.example.com/v1?key=a")]
    [InlineData("https://models.example.com/v1#a")]
    [InlineData("https://models.example.com./v1")]
    [InlineData("https://localhost/v1")]
    [InlineData("https://LOCALHOST/v1")]
    [InlineData("https://localhost./v1")]
    [InlineData("https://api.localhost/v1")]
    [InlineData("https://metadata.google.internal/v1")]
    [InlineData("https://printer.local/v1")]
    [InlineData("https://intranet/v1")]
    [InlineData("https:///v1")]
    [InlineData("//models.example.com/v1")]
    [InlineData("models.example.com/v1")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://127。0。0。1/")]
    [InlineData("https://①②⑦.⓪.⓪.①/")]
    [InlineData("https://127%2e0%2e0%2e1/")]
    [InlineData("https://bücher.example/v1")]
    [InlineData("https://ｍｏｄｅｌｓ.example/v1")]
    [InlineData("")]
    public void No_address_to_store(string address) => Assert.NotNull(Guard().Problem(address));

    [Theory]
    [InlineData("https://models.example.com")]
    [InlineData("https://models.example.com:8443/v1/")]
    [InlineData("https://xn--bcher-kva.example/v1")]
    public void An_address_to_store(string address) => Assert.Null(Guard().Problem(address));

    [Theory]
    [InlineData("http://127.0.0.1:11434/v1", true)]
    [InlineData("http://ollama:11434/v1", true)]
    [InlineData("http://192.168.1.20/v1", true)]
    [InlineData("http://[::1]:8000/v1", true)]
    [InlineData("http://169.254.169.254/latest", false)]
    [InlineData("http://[::ffff:169.254.169.254]/latest", false)]
    [InlineData("http://[64:ff9b::a9fe:a9fe]/latest", false)]
    [InlineData("http://[2002:a9fe:a9fe::]/latest", false)]
    [InlineData("http://[fe80::1]/", false)]
    [InlineData("http://0.0.0.0/", false)]
    [InlineData("http://224.0.0.1/", false)]
    public void Private_networks_may_be_allowed_but_never_link_local_ones(string address, bool isAllowed) =>
        Assert.Equal(isAllowed, new AddressGuard(new EgressOptions { AllowPrivateNetworks = true }, s_public).Problem(address) is null);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("93.184.215.14", "10.0.0.1")] // one good address does not excuse the other
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("fe80::1")]
    [InlineData]
    public async Task A_name_is_refused_for_what_it_resolves_to(params string[] addresses)
    {
        await using var provider = new ForwarderHost
        {
            Lookup = (_, _) => Task.FromResult<IPAddress[]>([.. addresses.Select(IPAddress.Parse)]),
            Access = new() { Secret = "s", Endpoint = "http://models.example.com:9/v1" },
        };
        provider.Egress.AllowPrivateNetworks = false;
        await provider.StartAsync();
        var answer = await provider.Client.GetAsync("/custom/models");
        var error = await answer.ErrorAsync(HttpStatusCode.BadRequest, "provider_misconfigured");
        Assert.All(addresses, address => Assert.DoesNotContain(address, error.GetProperty("message").GetString()!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_changes_its_answer_is_connected_to_the_answer_that_was_checked()
    {
        await using var intended = await FakeProvider.StartAsync();
        using var elsewhere = new TcpListener(IPAddress.Parse("127.0.0.2"), 0);
        elsewhere.Start();
        var lookups = 0;
        await using var gateway = await new ForwarderHost
        {
            // The first answer is the good one; whoever asks a second time is led elsewhere.
            Lookup = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(Interlocked.Increment(ref lookups) == 1 ? "127.0.0.1" : "127.0.0.2")]),
            Access = new() { Secret = "s", Endpoint = $"http://models.example.com:{new Uri(intended.Address).Port}" },
        }.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.GetAsync("/custom/models")).StatusCode);
        Assert.Equal(1, lookups);
        Assert.Equal($"models.example.com:{new Uri(intended.Address).Port}", Assert.Single(intended.Requests).Host);
        Assert.False(elsewhere.Pending());
    }

    [Fact]
    public async Task A_new_connection_is_checked_anew()
    {
        await using var provider = await FakeProvider.StartAsync();
        provider.Answer = async context =>
        {
            context.Response.Headers.Connection = "close";
            await FakeProvider.Json("{}")(context);
        };
        var lookups = 0;
        await using var gateway = await new ForwarderHost
        {
            Lookup = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(Interlocked.Increment(ref lookups) == 1 ? "127.0.0.1" : "169.254.169.254")]),
            Access = new() { Secret = "s", Endpoint = $"http://models.example.com:{new Uri(provider.Address).Port}" },
        }.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await gateway.Client.GetAsync("/custom/models")).StatusCode);
        await (await gateway.Client.GetAsync("/custom/models")).ErrorAsync(HttpStatusCode.BadRequest, "provider_misconfigured");
        Assert.Single(provider.Requests);
    }

    [Fact]
    public async Task Built_in_hosts_pass_the_guard_too()
    {
        await using var gateway = new ForwarderHost { Lookup = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]) };
        gateway.Egress.AllowPrivateNetworks = false;
        await gateway.StartAsync();
        await (await gateway.Client.GetAsync("/openai/v1/models")).ErrorAsync(HttpStatusCode.BadRequest, "provider_misconfigured");
    }

    private static AddressGuard Guard() => new(new EgressOptions(), s_public);
}
