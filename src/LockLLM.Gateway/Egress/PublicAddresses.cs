using System.Net;
using System.Net.Sockets;

namespace LockLLM.Gateway.Egress;

/// <summary>Which addresses belong to the public internet, after the registries of special-purpose addresses of RFC 6890.</summary>
internal static class PublicAddresses
{
    private static readonly IPNetwork s_globalUnicast = IPNetwork.Parse("2000::/3");

    // What is never a model or a receiver of ours, also where private networks are allowed: the addresses at which clouds
    // hand credentials to any process, and what is no single host.
    private static readonly IPNetwork[] s_never = Parse(
        "0.0.0.0/8", "169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32", "224.0.0.0/4", "240.0.0.0/4",
        "::/128", "fe80::/10", "fd00:ec2::254/128", "fd20:ce::254/128", "ff00::/8");

    private static readonly IPNetwork[] s_special = Parse(
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    public static bool IsPublic(IPAddress address) => !In(s_never, address) && !In(s_special, address) && IsOrdinary(address);

    /// <summary>Whether the address may be called where private networks are allowed.</summary>
    public static bool IsReachable(IPAddress address) =>
        !In(s_never, address)
        && (address.AddressFamily != AddressFamily.InterNetworkV6 || Embedded(address) is not { } inner || !In(s_never, inner));

    // Of IPv6 only global unicast: loopback, v4-mapped and v4-compatible forms, NAT64 and private ranges all lie outside it.
    private static bool IsOrdinary(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => true,
        AddressFamily.InterNetworkV6 => s_globalUnicast.Contains(address),
        _ => false,
    };

    // The IPv4 address that a v4-mapped, v4-compatible, NAT64 or 6to4 address leads to.
    private static IPAddress? Embedded(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return bytes switch
        {
            [0x20, 0x02, ..] => new IPAddress(bytes[2..6]),
            [0x00, 0x64, 0xff, 0x9b, ..] => new IPAddress(bytes[12..]),
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ..] when !IPAddress.IsLoopback(address) => new IPAddress(bytes[12..]),
            _ => null,
        };
    }

    private static bool In(IPNetwork[] networks, IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static IPNetwork[] Parse(params string[] networks) => [.. networks.Select(static network => IPNetwork.Parse(network))];
}
