using System.Buffers;
using LockLLM.Gateway.Proxy.Protocols;

namespace LockLLM.Gateway.Proxy.Providers;

/// <summary>
/// What follows the provider's name in the path, read: clients put <c>v1/</c>, the root of the provider or nothing in
/// front, and all of it means the same. Slashes and dots are taken strictly, so that no spelling leads to an endpoint
/// under a name that is not recognised, and so past the scan.
/// </summary>
internal sealed record ProviderPath(string Rest, ProtocolKind Protocol)
{
    private const string Version = "v1/";
    private const string Chat = "chat/completions";
    private const string Deployments = "deployments/";
    private const string Models = "models/";
    private const string BedrockModel = "model/";

    private static readonly SearchValues<char> s_ambiguous = SearchValues.Create("\\?#;");

    /// <summary>Azure: the deployment that the path names.</summary>
    public string? Deployment { get; private init; }

    /// <summary>The provider's own API rather than the OpenAI-shaped one.</summary>
    public bool IsNative { get; private init; }

    /// <summary>The model that the path names: in those of Google and Bedrock, and Azure's deployments.</summary>
    public string? Model => Deployment ?? (ModelPlace() is { } place ? Rest[place] : null);

    /// <summary>The same call of another model; null where the path names none.</summary>
    public ProviderPath? WithModel(string model) =>
        Deployment is not null ? this with { Deployment = model }
        : ModelPlace() is { } place ? this with { Rest = string.Concat(Rest.AsSpan()[..place.Start.Value], model, Rest.AsSpan()[place.End.Value..]) }
        : null;

    /// <summary>Null when the path could be read in two ways: empty or dot segments, encoded slashes, control characters.</summary>
    public static ProviderPath? Read(Provider provider, string path)
    {
        var rest = path.Trim('/');
        if (IsAmbiguous(rest))
        {
            return null;
        }

        var read = provider.Addresses switch
        {
            AddressStyle.Azure => Azure(rest),
            AddressStyle.Gemini => Gemini(rest),
            AddressStyle.Cohere => Cohere(Own(provider, rest)),
            AddressStyle.Bedrock => Bedrock(Without(rest, "openai/")),
            AddressStyle.Vertex => Vertex(rest),
            _ => OpenAi(Without(Own(provider, rest), Version)),
        };

        // A base address that already ends in the endpoint gets it twice.
        return read.Rest.Equals($"{Chat}/{Chat}", StringComparison.OrdinalIgnoreCase) ? read with { Rest = Chat, Protocol = ProtocolKind.OpenAiChat } : read;
    }

    private Range? ModelPlace()
    {
        if (!IsNative)
        {
            return null;
        }

        // Bedrock's names hold colons and encoded slashes, and the verb follows the last plain one.
        if (Rest.StartsWith(BedrockModel, StringComparison.OrdinalIgnoreCase))
        {
            return BedrockModel.Length..Math.Max(BedrockModel.Length, Rest.LastIndexOf('/'));
        }

        if (Rest.LastIndexOf(Models, StringComparison.OrdinalIgnoreCase) is not (>= 0 and var at))
        {
            return null;
        }

        var end = Rest.IndexOfAny([':', '/'], at + Models.Length);
        return (at + Models.Length)..(end < 0 ? Rest.Length : end);
    }

    private static ProviderPath OpenAi(string rest) => new(rest, rest.ToUpperInvariant() switch
    {
        "CHAT/COMPLETIONS" => ProtocolKind.OpenAiChat,
        "COMPLETIONS" => ProtocolKind.OpenAiCompletions,
        "RESPONSES" or "RESPONSES/INPUT_TOKENS" or "RESPONSES/COMPACT" => ProtocolKind.OpenAiResponses,
        "EMBEDDINGS" => ProtocolKind.OpenAiEmbeddings,
        "MODERATIONS" => ProtocolKind.OpenAiModerations,
        "MESSAGES" => ProtocolKind.AnthropicMessages,
        "MESSAGES/COUNT_TOKENS" => ProtocolKind.AnthropicCountTokens,
        _ => ProtocolKind.Unknown,
    });

    private static ProviderPath Azure(string rest)
    {
        rest = Without(Without(rest, "openai/"), Version);
        if (!rest.StartsWith(Deployments, StringComparison.OrdinalIgnoreCase) || rest.IndexOf('/', Deployments.Length) is not (> 0 and var end))
        {
            return OpenAi(rest);
        }

        return OpenAi(rest[(end + 1)..]) with { Deployment = rest[Deployments.Length..end] };
    }

    private static ProviderPath Gemini(string rest)
    {
        rest = Without(Without(rest, "v1beta/"), Version);
        var native = rest.Contains(':', StringComparison.Ordinal) || StartsWithAny(rest, "cachedContents", "tunedModels", "operations", "corpora");
        return native
            ? new ProviderPath(rest, GoogleProtocol(rest)) { IsNative = true }
            : OpenAi(Without(rest, "openai/"));
    }

    private static ProviderPath Vertex(string rest)
    {
        rest = WithoutProject(Without(Without(rest, "v1beta1/"), Version));
        return StartsWithAny(rest, "publishers/")
            ? new ProviderPath(rest, GoogleProtocol(rest)) { IsNative = true }
            : OpenAi(Without(rest, "endpoints/openapi/"));
    }

    // Google's own clients name project and location again; those of the stored endpoint hold.
    private static string WithoutProject(string rest) =>
        rest.Split('/', 5) is [var projects, _, var locations, _, var native] && projects.Equals("projects", StringComparison.OrdinalIgnoreCase) && locations.Equals("locations", StringComparison.OrdinalIgnoreCase)
            ? native
            : rest;

    private static ProtocolKind GoogleProtocol(string rest) => rest[(rest.LastIndexOf(':') + 1)..].ToUpperInvariant() switch
    {
        "GENERATECONTENT" or "STREAMGENERATECONTENT" or "COUNTTOKENS" => ProtocolKind.GeminiContent,
        "EMBEDCONTENT" or "BATCHEMBEDCONTENTS" => ProtocolKind.GeminiEmbeddings,
        "RAWPREDICT" or "STREAMRAWPREDICT" when rest.StartsWith("publishers/anthropic/", StringComparison.OrdinalIgnoreCase) => ProtocolKind.AnthropicMessages,
        _ => ProtocolKind.Unknown,
    };

    private static ProviderPath Cohere(string rest)
    {
        if (StartsWithAny(rest, "v2/"))
        {
            return new ProviderPath(rest, CohereProtocol(rest[3..])) { IsNative = true };
        }

        rest = Without(rest, Version);
        var protocol = CohereProtocol(rest);
        return protocol != ProtocolKind.Unknown || rest.ToUpperInvariant() is "MODELS" or "TOKENIZE" or "DETOKENIZE" or "CLASSIFY"
            ? new ProviderPath(Version + rest, protocol) { IsNative = true }
            : OpenAi(rest);
    }

    private static ProtocolKind CohereProtocol(string rest) => rest.ToUpperInvariant() switch
    {
        "CHAT" => ProtocolKind.CohereChat,
        "RERANK" => ProtocolKind.CohereRerank,
        "EMBED" => ProtocolKind.CohereEmbeddings,
        _ => ProtocolKind.Unknown,
    };

    private static ProviderPath Bedrock(string rest)
    {
        if (!StartsWithAny(rest, "model/"))
        {
            return OpenAi(Without(rest, Version));
        }

        var verb = rest[(rest.LastIndexOf('/') + 1)..];
        var protocol = verb.ToUpperInvariant() switch
        {
            "CONVERSE" or "CONVERSE-STREAM" => ProtocolKind.BedrockConverse,
            "INVOKE" or "INVOKE-WITH-RESPONSE-STREAM" when rest.Contains("anthropic.", StringComparison.OrdinalIgnoreCase) => ProtocolKind.AnthropicMessages,
            _ => ProtocolKind.Unknown,
        };
        return new ProviderPath(rest, protocol) { IsNative = true };
    }

    // The provider's own root, as its documentation spells it.
    private static string Own(Provider provider, string rest) => provider.RootPath.Length > 0 ? Without(rest, provider.RootPath) : rest;

    private static string Without(string rest, string prefix) =>
        rest.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? rest[prefix.Length..] : rest;

    private static bool StartsWithAny(string rest, params ReadOnlySpan<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (rest.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // Kestrel has decoded everything but encoded slashes; any other percent sign was encoded twice.
    private static bool IsAmbiguous(string rest)
    {
        var text = rest.AsSpan();
        if (text.ContainsAny(s_ambiguous) || text.ContainsAnyInRange('\0', '\u001F') || (text.Contains('%') && !IsModelWithSlash(text)))
        {
            return true;
        }

        foreach (var range in text.Split('/'))
        {
            if (text[range] is "" or "." or ".." && text.Length > 0)
            {
                return true;
            }
        }

        return false;
    }

    // Names of models may hold a slash, which official clients then encode.
    private static bool IsModelWithSlash(ReadOnlySpan<char> rest)
    {
        if (rest.Contains("..", StringComparison.Ordinal) || !(rest.StartsWith("model/") || rest.StartsWith("models/") || rest.StartsWith("v1/models/")))
        {
            return false;
        }

        while (rest.IndexOf('%') is >= 0 and var at)
        {
            if (!rest[(at + 1)..].StartsWith("2f", StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }

            rest = rest[(at + 1)..];
        }

        return true;
    }
}
