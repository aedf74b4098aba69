namespace LockLLM.Gateway.Dashboard;

/// <summary>What the model was made from and how often it is right, as it ships.</summary>
internal static class ModelCard
{
    private static readonly Lazy<string> s_text = new(Read);

    public static string Text => s_text.Value;

    private static string Read()
    {
        using var reader = new StreamReader(typeof(ModelCard).Assembly.GetManifestResourceStream("model-card.md")!);
        return reader.ReadToEnd();
    }
}
