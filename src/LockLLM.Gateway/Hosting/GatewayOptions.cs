using LockLLM.Gateway.Coordination.Redis;
using LockLLM.Gateway.Egress;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Limits;
using LockLLM.Gateway.Management;
using LockLLM.Gateway.Members;
using LockLLM.Gateway.Members.OpenIdConnect;
using LockLLM.Gateway.Proxy;
using LockLLM.Gateway.RequestLog;
using LockLLM.Gateway.Scanning;
using LockLLM.Gateway.Storage;

namespace LockLLM.Gateway.Hosting;

/// <summary>Everything under <c>LockLLM</c> in the configuration; docs/configuration.md lists it for operators.</summary>
internal sealed class GatewayOptions
{
    public const string Section = "LockLLM";

    /// <summary>Where the embedded database and the generated master key live.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>Base64 of 32 random bytes.</summary>
    public string? MasterKey { get; set; }

    /// <summary>A file that holds the same.</summary>
    public string? MasterKeyFile { get; set; }

    /// <summary>A command that prints the same, for the shell to run.</summary>
    public string? MasterKeyCommand { get; set; }

    public DatabaseOptions Database { get; set; } = new();

    public RedisOptions Redis { get; set; } = new();

    public RateLimitOptions RateLimit { get; set; } = new();

    public RequestLogOptions RequestLog { get; set; } = new();

    public TlsOptions Tls { get; set; } = new();

    public ShutdownOptions Shutdown { get; set; } = new();

    public MetricsOptions Metrics { get; set; } = new();

    public OtlpOptions Otlp { get; set; } = new();

    public ForwardingOptions Forwarding { get; set; } = new();

    public BootstrapOptions Bootstrap { get; set; } = new();

    public ScanOptions Scan { get; set; } = new();

    public CorsOptions Cors { get; set; } = new();

    public EgressOptions Egress { get; set; } = new();

    public ProxyOptions Proxy { get; set; } = new();

    public ManagementOptions Management { get; set; } = new();

    public MembersOptions Members { get; set; } = new();

    public SignInOptions SignIn { get; set; } = new();

    public OpenIdConnectSettings OpenIdConnect { get; set; } = new();

    /// <summary>The folder in use: the one configured, else one per user, so that it does not depend on where the gateway is started.</summary>
    public string ResolveDataDirectory()
    {
        if (!string.IsNullOrWhiteSpace(DataDirectory))
        {
            return Path.GetFullPath(DataDirectory);
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return home.Length > 0
            ? Path.Combine(home, "lockllm")
            : throw new StartupRefusal("This user has no home folder to keep data in. Set LockLLM:DataDirectory.");
    }
}

/// <summary>What the first start of an empty installation creates.</summary>
internal sealed class BootstrapOptions
{
    /// <summary>An API key to create if it does not exist; without it the first start makes one and prints it once.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Whom to make owner where there is no member yet; without it the start prints a set-up token.</summary>
    public string? OwnerEmail { get; set; }

    /// <summary>Their password.</summary>
    public string? OwnerPassword { get; set; }

    /// <summary>Provider keys to store where there is none of that provider and nickname.</summary>
    public IList<BootstrapProviderKey> ProviderKeys { get; set; } = [];
}

/// <summary>A provider key to store on the first start.</summary>
internal sealed class BootstrapProviderKey
{
    public string? Provider { get; set; }

    public string? ApiKey { get; set; }

    public string? EndpointUrl { get; set; }

    public string? Nickname { get; set; }
}

/// <summary>Browsers of other origins.</summary>
internal sealed class CorsOptions
{
    /// <summary>Origins that may call <c>/v1</c> from a browser, such as <c>https://app.example.com</c>. Extensions may always.</summary>
    public IList<string> Origins { get; set; } = [];
}
