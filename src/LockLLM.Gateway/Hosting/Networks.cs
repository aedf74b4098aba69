using System.Net;
using System.Net.Sockets;
using IPNetwork = System.Net.IPNetwork;

namespace LockLLM.Gateway.Hosting;

/// <summary>Addresses and networks as operators write them.</summary>
internal static class Networks
{
    /// <summary>An address or a network such as <c>10.0.0.0/8</c>; null if it is neither.</summary>
    public static IPNetwork? Parse(string text)
    {
        if (text.Contains('/', StringComparison.Ordinal))
        {
            return IPNetwork.TryParse(text, out var network) ? network : null;
        }

        return IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128) : null;
    }

    /// <summary>As it is compared: a socket that listens on both families shows IPv4 callers in IPv6 dress.</summary>
    public static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
