using System.Text;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Proxy.Protocols;

namespace LockLLM.Gateway.Tests.Proxy.Protocols;

internal static class Reading
{
    public const int MaxMessages = 1000;

    public static (TextOrigin Origin, string Text)[] Texts(ProtocolKind protocol, string json)
    {
        Assert.Null(PromptReader.Read(protocol, Encoding.UTF8.GetBytes(json), MaxMessages, out var map));
        using (map)
        {
            return Texts(map!);
        }
    }

    public static (TextOrigin Origin, string Text)[] Texts(PromptMap map)
    {
        var texts = new List<(TextOrigin, string)>();
        foreach (var part in map.Parts)
        {
            texts.Add((part.Origin, map.TextOf(part).ToString()));
        }

        return [.. texts];
    }

    public static string Unscanned(ProtocolKind protocol, string json)
    {
        Assert.Null(PromptReader.Read(protocol, Encoding.UTF8.GetBytes(json), MaxMessages, out var map));
        using (map)
        {
            return map!.Unscanned.ToString();
        }
    }

    public static Error Refused(ProtocolKind protocol, string json) => Refused(protocol, Encoding.UTF8.GetBytes(json));

    public static Error Refused(ProtocolKind protocol, byte[] json)
    {
        var error = PromptReader.Read(protocol, json, MaxMessages, out var map);
        Assert.Null(map);
        Assert.NotNull(error);
        return error;
    }
}
