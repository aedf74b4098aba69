using ArchUnitNET.xUnitV3;
using static LockLLM.Architecture.Tests.Loaded;

namespace LockLLM.Architecture.Tests;

/// <summary>The arrows between the rooms of the gateway: downward only.</summary>
public class RoomRules
{
    private const string Doors = "Hosting|Scanning|Proxy|Limits|Management|Dashboard";
    private const string Rooms = "Identity|ProviderKeys|Members";
    private const string Floor = "Accounts|RequestLog|Analytics";
    private const string Ground = "Coordination|Egress|Errors|Storage|Telemetry";
    private const string Files = @"^System\.IO\.(File|FileStream|FileInfo|Directory|DirectoryInfo)$";

    [Fact]
    public void The_ground_knows_nobody_above() =>
        Room("Gateway", Ground).Should().NotDependOnAny(Room("Gateway", $"{Doors}|{Rooms}|{Floor}")).Check(Loaded.Architecture);

    [Fact]
    public void The_floor_knows_the_ground_only() =>
        Room("Gateway", Floor).Should().NotDependOnAny(Room("Gateway", $"{Doors}|{Rooms}")).Check(Loaded.Architecture);

    [Fact]
    public void Records_know_nothing_of_accounts() =>
        Room("Gateway", "RequestLog").Should().NotDependOnAny(Room("Gateway", "Accounts")).Check(Loaded.Architecture);

    [Fact]
    public void Sums_know_the_ground_only_and_nobody_knows_the_pages() =>
        Room("Gateway", "Analytics").Should().NotDependOnAny(Room("Gateway", "Accounts|RequestLog"))
            .AndShould().NotDependOnAny(Room("Gateway", "Dashboard")).Check(Loaded.Architecture);

    [Fact]
    public void Rooms_know_no_door_and_not_each_other()
    {
        foreach (var room in Rooms.Split('|'))
        {
            var others = string.Join('|', Rooms.Split('|').Where(other => other != room));
            Room("Gateway", room).Should().NotDependOnAny(Room("Gateway", $"{Doors}|{others}")).Check(Loaded.Architecture);
        }
    }

    [Fact]
    public void Errors_know_no_other_room() =>
        Room("Gateway", "Errors").Should().NotDependOnAny(Room("Gateway", $"{Doors}|{Rooms}|{Floor}|Storage|Telemetry|Coordination|Egress")).Check(Loaded.Architecture);

    [Fact]
    public void Scanning_knows_neither_the_host_nor_what_is_stored_but_records() =>
        Room("Gateway", "Scanning").Should().NotDependOnAny(Room("Gateway", "Hosting|Limits"))
            .AndShould().NotDependOnAny(Named(@"^LockLLM\.Gateway\.Storage\.(?!Ids$|Entities\.Request(Record|Kind|Subkind|Status)$)")).Check(Loaded.Architecture);

    [Fact]
    public void Limits_know_who_calls_and_not_what_for() =>
        Room("Gateway", "Limits").Should().NotDependOnAny(Room("Gateway", "Hosting|Scanning|Proxy")).Check(Loaded.Architecture);

    [Fact]
    public void Only_coordination_speaks_to_redis() =>
        Of(GatewayAssembly).And().DoNotResideInNamespaceMatching(@"^LockLLM\.Gateway\.Coordination(\.|$)")
            .Should().NotDependOnAny(Named(@"^StackExchange\.Redis\.")).Check(Loaded.Architecture);

    [Fact]
    public void Only_scanning_asks_the_engine() =>
        Of(GatewayAssembly).And().DoNotResideInNamespaceMatching(@"^LockLLM\.Gateway\.Scanning(\.|$)")
            .Should().NotDependOnAny(Named(@"^LockLLM\.Engine\.PromptScanner$")).Check(Loaded.Architecture);

    [Fact]
    public void Only_scanning_and_the_proxys_guard_speak_of_verdicts() =>
        Of(GatewayAssembly).And().DoNotResideInNamespaceMatching(@"^LockLLM\.Gateway\.(Scanning|Proxy\.Guard)(\.|$)").And().DoNotHaveNameMatching("^AccountGuards$")
            .Should().NotDependOnAny(Of(EngineAssembly)).Check(Loaded.Architecture);

    [Fact]
    public void Only_stores_the_first_run_and_storage_touch_files() =>
        Of(GatewayAssembly).And().DoNotResideInNamespaceMatching(@"^LockLLM\.Gateway\.Storage(\.|$)")
            .And().DoNotHaveNameMatching("(Store|^FirstRun)$")
            .Should().NotDependOnAny(Named(Files)).Check(Loaded.Architecture);

    [Fact]
    public void Only_stores_and_what_serves_them_ask_the_database() =>
        Of(GatewayAssembly).And().DoNotResideInNamespaceMatching(@"^LockLLM\.Gateway\.(Storage|Accounts|RequestLog)(\.|$)")
            .And().DoNotHaveNameMatching("Store")
            .Should().NotDependOnAny(Named(@"^(Microsoft\.EntityFrameworkCore\.|LockLLM\.Gateway\.Storage\.(GatewayDbContext|Entities\.(?!Request(Record|Kind|Subkind|Status)$)))"))
            .Because("rules about rows live in their store, requests read memory, and all they write are records")
            .Check(Loaded.Architecture);

    [Fact]
    public void Only_egress_opens_connections() =>
        Of(GatewayAssembly).And().DoNotResideInNamespaceMatching(@"^LockLLM\.Gateway\.Egress(\.|$)")
            .Should().NotDependOnAny(Named(@"^System\.Net\.(Sockets\.(?!SocketException$)|WebSockets\.|Mail\.|WebClient$|WebRequest$|Dns$|Http\.(SocketsHttpHandler|HttpClientHandler|HttpMessageHandler)$)"))
            .Because("that is where addresses are checked")
            .Check(Loaded.Architecture);

    [Fact]
    public void Only_the_proxy_speaks_http_to_others() =>
        Of(GatewayAssembly).And().DoNotResideInNamespaceMatching(@"^LockLLM\.Gateway\.(Egress|Proxy\.Upstream|Proxy\.Providers)(\.|$)")
            .Should().NotDependOnAny(Named(@"^System\.Net\.Http\."))
            .Because("text goes to providers and nowhere else")
            .Check(Loaded.Architecture);

    [Fact]
    public void Protocols_are_pure() =>
        Room("Gateway", @"Proxy\.Protocols").Should().NotDependOnAny(Named(@"^(Microsoft\.AspNetCore\.Http\.|System\.Net\.|Microsoft\.Extensions\.Logging\.|System\.TimeProvider$)"))
            .Because("they take bytes and give spans of text")
            .Check(Loaded.Architecture);

    [Fact]
    public void Addresses_and_sending_know_nothing_of_scanning() =>
        Room("Gateway", @"Proxy\.(Providers|Upstream)").Should().NotDependOnAny(Room("Gateway", "Scanning|Hosting|Storage"))
            .Because("by then the scan is over")
            .Check(Loaded.Architecture);
}
