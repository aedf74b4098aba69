namespace LockLLM.Gateway.Proxy.Protocols;

/// <summary>Bodies of paths that no other table describes: every string is text of the user's.</summary>
internal static class AnyJson
{
    public static readonly Shape Root = new() { Other = Field.Whole("", TextOrigin.User) };
}
