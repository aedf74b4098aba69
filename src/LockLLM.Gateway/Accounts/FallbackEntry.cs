namespace LockLLM.Gateway.Accounts;

/// <summary>
/// One line of an account's fallback list: <c>provider</c>, <c>provider:nickname</c>, and after a space the model to ask
/// there, as in <c>mistral:spare mistral-large-latest</c>. Neither nicknames nor names of models hold spaces.
/// </summary>
/// <param name="Nickname">Of the stored key; null for the provider's default one.</param>
/// <param name="Model">Null to ask for the model that the caller named.</param>
internal readonly record struct FallbackEntry(string Provider, string? Nickname, string? Model)
{
    public const int MaxModelLength = 256;

    /// <summary>Null where the line is none.</summary>
    public static FallbackEntry? Parse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is 0 or > 2)
        {
            return null;
        }

        var model = words.Length == 2 ? words[1] : null;
        var at = words[0].IndexOf(':', StringComparison.Ordinal);
        var (provider, nickname) = at < 0 ? (words[0], null) : (words[0][..at], words[0][(at + 1)..]);
        return provider.Length == 0 || nickname is "" || model?.Length > MaxModelLength ? null : new FallbackEntry(provider, nickname, model);
    }
}
