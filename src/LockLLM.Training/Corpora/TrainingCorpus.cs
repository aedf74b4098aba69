using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LockLLM.Engine;
using LockLLM.Engine.Language;
using LockLLM.Engine.Text;
using LockLLM.Training.Mutations;

namespace LockLLM.Training.Corpora;

/// <summary>Decides which rows teach what, and how much each counts.</summary>
internal static class TrainingCorpus
{
    /// <summary>A family's rows count in full up to this many; a larger family grows only with the root of its size.</summary>
    private const float FullFamily = 2500;

    private const float HandWrittenWeight = 2f;
    private const float GeneratedWeight = 0.5f;

    /// <summary>What a prompt counts as an innocent document: it is none, but a document may well ask things.</summary>
    private const float PromptAsDocumentWeight = 0.3f;

    /// <summary>What an everyday task planted in a document counts for users' text, where only its place gives it away.</summary>
    private const float EverydayTaskWeight = 0.25f;

    private const int DisguisedOneIn = 5;
    private const int LongestDisguised = 8000;

    /// <summary>Families whose innocent rows are what documents and tool results look like: mails, news, code, manuals, API answers.</summary>
    public static readonly HashSet<string> DocumentFamilies = new(StringComparer.Ordinal)
    {
        "luikyv/email_classification", "tldr-pages/tldr", "OWASP/CheatSheetSeries", "CLUEbenchmark/FewCLUE",
        "google-research-datasets/dstc8-schema-guided-dialogue", "ShishirPatil/gorilla", "f/awesome-chatgpt-prompts",
        "microsoft/garnet", "openai/openai-dotnet", "dotnet/extensions", "tensorzero/tensorzero", "agentgateway/agentgateway",
        "App-vNext/Polly", "microsoft/reverse-proxy", "modelcontextprotocol/csharp-sdk", "dotnet/eShop", "Portkey-AI/gateway",
        "caddyserver/caddy", "synthetic:mixed",
    };

    /// <summary>Reads all rows under a folder that may teach.</summary>
    /// <exception cref="CorpusException">The folder holds no corpus, no row of one of the labels, or a line that is no row.</exception>
    public static IReadOnlyList<CorpusRow> Read(string folder, Progress progress, CancellationToken cancellationToken)
    {
        progress.Begin("Corpus");
        var files = CorpusReader.FindFiles([folder], recursive: true);
        var rows = files.AsParallel().AsOrdered().WithCancellation(cancellationToken)
            .Select(static file => CorpusReader.Read(file).Where(MayTeach).ToList())
            .ToList()
            .SelectMany(static rows => rows)
            .ToList();
        foreach (var label in new[] { 0, 1 })
        {
            if (!rows.Exists(row => row.Label == label))
            {
                throw new CorpusException($"{folder} holds no row with label {label} that may teach.");
            }
        }

        var repaired = Carriers.TakeOff(rows);
        progress.End($"{repaired.Count} texts from {files.Count} files");
        return repaired;
    }

    /// <summary>Rows whose licence forbids commercial use teach nothing.</summary>
    private static bool MayTeach(CorpusRow row) => row.Licence?.Contains("NC", StringComparison.Ordinal) is not true;

    /// <summary>Canonicalizes and weighs the rows, on all processors, in their order.</summary>
    public static IReadOnlyList<Example> Prepare(IReadOnlyList<CorpusRow> rows, CharacterModel language, CancellationToken cancellationToken)
    {
        var familySizes = rows.GroupBy(static row => (SourceFamily.Of(row), row.Label)).ToDictionary(static family => family.Key, static family => family.Count());
        using var canonicalizer = new ThreadLocal<Canonicalizer>(() => new Canonicalizer(language));
        return rows.AsParallel().AsOrdered().WithCancellation(cancellationToken)
            .Select(row => Prepare(row, canonicalizer.Value!, familySizes))
            .ToList();
    }

    /// <summary>
    /// A share of the texts of both labels is learned in a disguise too, one of those that the engine's reading does not
    /// undo to the letter: what is left of them shall speak for neither label.
    /// </summary>
    private static string? InDisguise(CorpusRow row, Canonicalizer canonicalizer)
    {
        // What a row gets follows from its text, so that neither order nor processors matter.
        var random = new Random(BitConverter.ToInt32(SHA256.HashData(MemoryMarshal.AsBytes(row.Text.AsSpan()))));
        if (random.Next(DisguisedOneIn) > 0 || row.Text.Length > LongestDisguised || row.Split == "dev" || row.Category == "obfuscation" || row.Made == "encoded")
        {
            return null;
        }

        var disguise = Disguises.Lossy[random.Next(Disguises.Lossy.Count)];
        return disguise.CanCarry(row.Text) ? canonicalizer.Canonicalize(disguise.Apply(row.Text, random)).Chars.ToString() : null;
    }

    private static Example Prepare(CorpusRow row, Canonicalizer canonicalizer, Dictionary<(string, int), int> familySizes)
    {
        var family = SourceFamily.Of(row);
        var isDocument = IsDocument(row);
        return new Example
        {
            Canonical = canonicalizer.Canonicalize(row.Text).Chars.ToString(),
            Disguised = InDisguise(row, canonicalizer),
            IsAttack = row.IsAttack,
            Category = row.Category ?? (row.IsAttack ? "injection" : "benign"),
            Family = family,
            Made = row.Made,
            Language = row.Lang ?? "und",
            IsDev = row.Split == "dev",
            Trust = row.Context is "document" or "tool" ? Trust.Document : Trust.User,
            UserWeight = Weight(row, family, familySizes) * UserShare(row),
            DocumentWeight = Weight(row, family, familySizes) * DocumentShare(row, family, isDocument),
            Length = row.Text.Length,
        };
    }

    private static float Weight(CorpusRow row, string family, Dictionary<(string, int), int> familySizes)
    {
        if (SourceFamily.IsHandWritten(family))
        {
            return row.Generated ? GeneratedWeight : HandWrittenWeight;
        }

        var size = familySizes[(family, row.Label)];
        return size <= FullFamily ? 1 : MathF.Sqrt(FullFamily / size);
    }

    private static float UserShare(CorpusRow row) =>
        row.Context is "document" or "tool" ? 0 : row.Made == "indirect-task" ? EverydayTaskWeight : 1;

    private static float DocumentShare(CorpusRow row, string family, bool isDocument) => (row.IsAttack, isDocument) switch
    {
        // An order that is an attack from a user is one from a document too.
        (true, _) => 1,
        (false, true) => 1,
        (false, false) => row.Context == "user" ? 0 : DocumentFamilies.Contains(family) ? 1 : PromptAsDocumentWeight,
    };

    private static bool IsDocument(CorpusRow row) =>
        row.Context is "document" or "tool" || row.Category == "indirect" || row.Made is "indirect-clean" or "tool-definition";
}
