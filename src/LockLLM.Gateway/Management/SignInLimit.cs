using System.Net;
using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Coordination;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Members;

namespace LockLLM.Gateway.Management;

/// <summary>So many tries from one address a minute; the address is kept no longer than that, in the counters.</summary>
internal sealed class SignInLimit(ICounters counters, MembersOptions options)
{
    private const int NetworkBytes = 8;

    /// <summary>Null while there are tries left.</summary>
    public async Task<Error?> TakeAsync(HttpContext context)
    {
        var take = await counters.TakeAsync(new Allowance("sign-in " + NameOf(context.Connection.RemoteIpAddress), options.SignInsPerMinute), null, context.RequestAborted);
        return take.IsGranted ? null : new Error(ErrorCode.RateLimited, "Too many tries from this address. Wait a minute.") { RetryAfter = take.NextAfter };
    }

    // Whoever has one IPv6 address has a whole network of them.
    private static string NameOf(IPAddress? address)
    {
        if (address is null)
        {
            return "unknown";
        }

        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        return Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, NetworkBytes)));
    }
}
