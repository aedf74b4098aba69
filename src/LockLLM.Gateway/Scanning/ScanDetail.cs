using System.Text.Json;
using LockLLM.Contracts;
using LockLLM.Contracts.Scan;

namespace LockLLM.Gateway.Scanning;

/// <summary>A warning as the detail header carries it: padded base64 of ASCII JSON, at most 4 KiB.</summary>
internal static class ScanDetail
{
    // Three quarters of 4 KiB: base64 makes four bytes of three.
    private const int MaxBytes = 3072;

    public static string Encode(ScanWarning detail)
    {
        while (true)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(detail, WireJson.Default.ScanWarning);
            if (json.Length <= MaxBytes || detail.Threats is not { Count: > 0 } threats)
            {
                return Convert.ToBase64String(json);
            }

            detail = detail with { Threats = [.. threats.SkipLast(1)], Truncated = true };
        }
    }
}
