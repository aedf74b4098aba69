namespace LockLLM.Gateway.Proxy.Providers;

/// <summary>
/// Addresses of an Azure OpenAI resource. Calls to a deployment go by its path and <c>api-version</c>; where neither the
/// path nor the stored key names one, the resource's versionless API takes the deployment from the body's model.
/// </summary>
internal static class AzureTarget
{
    private const string DefaultVersion = "2024-10-21";
    private const string VersionParameter = "api-version=";

    // What exists per deployment; everything else belongs to the resource.
    private static readonly string[] s_ofDeployment = ["chat/completions", "completions", "embeddings", "audio/", "images/"];

    public static string Address(string root, ProviderPath path, ProviderAccess access, ref string parameters)
    {
        var (resource, deployment) = Read(root);
        deployment = path.Deployment ?? access.Deployment ?? deployment;
        var isVersioned = parameters.Contains(VersionParameter, StringComparison.OrdinalIgnoreCase);
        var rest = ProviderTarget.Encoded(path.Rest);
        if (deployment is { Length: > 0 } && IsOfDeployment(path))
        {
            AddVersion(ref parameters, isVersioned, access.ApiVersion ?? DefaultVersion);
            return $"{resource}/openai/deployments/{Uri.EscapeDataString(deployment)}/{rest}";
        }

        if (isVersioned)
        {
            return $"{resource}/openai/{rest}";
        }

        return $"{resource}/openai/v1/{rest}";
    }

    private static bool IsOfDeployment(ProviderPath path) =>
        path.Deployment is not null || s_ofDeployment.Any(rest => path.Rest.StartsWith(rest, StringComparison.OrdinalIgnoreCase));

    // The stored address may be the resource, or any of the forms that the portal shows.
    private static (string Resource, string? Deployment) Read(string root)
    {
        var at = root.IndexOf("/openai", "https://".Length, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return (root, null);
        }

        const string Marker = "/openai/deployments/";
        var deployment = root.AsSpan(at).StartsWith(Marker, StringComparison.OrdinalIgnoreCase) ? root[(at + Marker.Length)..].Split('/')[0] : null;
        return (root[..at], deployment);
    }

    private static void AddVersion(ref string parameters, bool isVersioned, string version)
    {
        if (!isVersioned)
        {
            parameters += (parameters.Length == 0 ? "?" : "&") + VersionParameter + Uri.EscapeDataString(version);
        }
    }
}
