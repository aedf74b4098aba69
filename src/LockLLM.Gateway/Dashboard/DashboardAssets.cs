using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace LockLLM.Gateway.Dashboard;

/// <summary>Styles and scripts: every file of the folder Assets, out of the assembly, told apart by a hash of its content.</summary>
internal static class DashboardAssets
{
    /// <summary>Of manifest resources; what follows is the path in the folder.</summary>
    private const string Prefix = "dashboard/";

    private static readonly FrozenDictionary<string, Asset> s_assets = typeof(DashboardAssets).Assembly.GetManifestResourceNames()
        .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(static name => name[Prefix.Length..], static name => Read(name), StringComparer.Ordinal);

    public static IEnumerable<string> Names => s_assets.Keys;

    /// <summary>Browsers keep it and ask whether it has changed, so that an upgrade is seen at once.</summary>
    public static IResult Answer(HttpContext context, string name)
    {
        if (!s_assets.TryGetValue(name, out var asset))
        {
            return Results.NotFound();
        }

        context.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(asset.Content, asset.Type, entityTag: asset.Tag);
    }

    private static Asset Read(string name)
    {
        using var stream = typeof(DashboardAssets).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new Asset(content, TypeOf(name), new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\""));
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".txt" => "text/plain; charset=utf-8",
        var other => throw new InvalidOperationException($"No media type is known for {other}."),
    };

    private sealed record Asset(byte[] Content, string Type, EntityTagHeaderValue Tag);
}
