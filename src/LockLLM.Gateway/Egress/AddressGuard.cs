using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LockLLM.Gateway.Egress;

/// <summary>Looks up a host. A delegate, so that tests can play a name server that changes its mind.</summary>
internal delegate Task<IPAddress[]> HostLookup(string host, CancellationToken cancellationToken);

/// <summary>
/// Decides where a connection may lead. A name is looked up once, every address of the answer is checked, and the
/// connection is made to those addresses and nothing else: a name that answers differently the second time gains nothing.
/// </summary>
internal sealed class AddressGuard(EgressOptions options, HostLookup lookup)
{
    private const int MaxAddressLength = 2048;

    /// <summary>Why an address given by a user will not be stored, or null. The connection is checked again when it is made.</summary>
    public string? Problem(string address)
    {
        if (address.Length > MaxAddressLength || !Uri.TryCreate(address, UriKind.Absolute, out var uri))
        {
            return "is not an absolute address such as https://models.example.com/v1";
        }

        if (uri.Scheme != Uri.UriSchemeHttps && (uri.Scheme != Uri.UriSchemeHttp || !options.AllowPrivateNetworks))
        {
            return "must begin with https://";
        }

        if (uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            return "may hold neither user name, query nor fragment";
        }

        if (IPAddress.TryParse(uri.IdnHost, out var literal))
        {
            return IsAllowed(literal) ? null : "leads to an address that is not public";
        }

        // Letters that only look like digits and dots could be read as an address by someone further on.
        if (!Ascii.IsValid(uri.Host))
        {
            return "must write its host name in ASCII (xn--...)";
        }

        if (uri.IdnHost.EndsWith('.') || Uri.CheckHostName(uri.IdnHost) != UriHostNameType.Dns)
        {
            return "has no proper host name";
        }

        return options.AllowPrivateNetworks || !IsLocalName(uri.IdnHost) ? null : "leads to an address that is not public";
    }

    /// <summary>Opens the connection of a handler.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await lookup(host, cancellationToken);
        if (addresses.Length == 0 || !Array.TrueForAll(addresses, IsAllowed))
        {
            throw new RefusedAddressException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsAllowed(IPAddress address) => options.AllowPrivateNetworks ? PublicAddresses.IsReachable(address) : PublicAddresses.IsPublic(address);

    // Names that only mean something inside a network. Those that merely resolve to such an address are found when connecting.
    private static bool IsLocalName(string host) =>
        !host.Contains('.', StringComparison.Ordinal)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".local", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase);
}

/// <summary>The address is one that the gateway does not call. Says no more, so that nobody learns what a name resolves to.</summary>
internal sealed class RefusedAddressException() : IOException("The address is not allowed.");
