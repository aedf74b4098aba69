using LockLLM.Engine.Text;

namespace LockLLM.Engine.Detection;

/// <summary>
/// Finds the control tokens with which chat templates mark whose turn it is. A model's tokenizer turns them into
/// something no user can type, so in untrusted text they are there to forge a turn.
/// Sources: the published chat templates of ChatML, Llama 2 and 3, Gemma, Mistral, Phi and DeepSeek.
/// </summary>
internal static class ChatTemplateDetector
{
    private const double ForgedTurn = 75;

    /// <summary>The tokens as canonical text shows them.</summary>
    private static readonly string[] s_tokens =
    [
        "<|im_start|>", "<|im_end|>", "<|start_header_id|>", "<|eot_id|>", "<start_of_turn>", "<end_of_turn>",
        "<|system|>", "<|assistant|>", "<|user|>", "<|channel|>", "<<sys>>", "[/inst]",
    ];

    public static void Find(MappedText canonical, Trust trust, List<Finding> findings)
    {
        var text = canonical.Chars;
        if (trust is Trust.System or Trust.Assistant || text.IndexOfAny('<', '[') < 0)
        {
            return;
        }

        foreach (var token in s_tokens)
        {
            var at = text.IndexOf(token, StringComparison.Ordinal);
            if (at >= 0)
            {
                var layers = canonical.LayersOf(at, at + token.Length);
                findings.Add(new Finding(ThreatCategory.Injection, ForgedTurn, canonical.Origin(at, at + token.Length), layers));
            }
        }
    }
}
