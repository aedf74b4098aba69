namespace LockLLM.Gateway.Storage;

/// <summary>
/// A secret as it lies in the database: <c>v1.{master key id}.{wrapped data key}.{ciphertext}</c>. Every encrypted column
/// has this type, which is how rotation and verification find them all.
/// </summary>
internal sealed record SealedSecret(string Text)
{
    private const string Version = "v1";

    public string MasterKeyId => Split()[1];

    public static SealedSecret Join(string masterKeyId, ReadOnlySpan<byte> wrappedKey, ReadOnlySpan<byte> ciphertext) =>
        new($"{Version}.{masterKeyId}.{Convert.ToBase64String(wrappedKey)}.{Convert.ToBase64String(ciphertext)}");

    /// <summary>False when the text is not of this form.</summary>
    public bool TrySplit(out string masterKeyId, out byte[] wrappedKey, out byte[] ciphertext)
    {
        (masterKeyId, wrappedKey, ciphertext) = ("", [], []);
        var parts = Split();
        if (parts.Length != 4 || parts[0] != Version)
        {
            return false;
        }

        try
        {
            (masterKeyId, wrappedKey, ciphertext) = (parts[1], Convert.FromBase64String(parts[2]), Convert.FromBase64String(parts[3]));
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Tells no more than that there is one.</summary>
    public override string ToString() => nameof(SealedSecret);

    private string[] Split() => Text.Split('.');
}

/// <summary>Which field of which row a secret is: it can be opened as nothing else.</summary>
internal readonly record struct SecretPlace(string Table, string RecordId, string Owner, string Field)
{
    public override string ToString() => $"{Table}|{RecordId}|{Owner}|{Field}";
}
