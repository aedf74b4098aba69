using System.Text.Json.Serialization;

namespace LockLLM.Training.Corpora;

/// <summary>One labelled text, as it stands on a line of JSONL.</summary>
internal sealed record CorpusRow
{
    /// <summary>The text.</summary>
    public required string Text { get; init; }

    /// <summary>1 for an attack on the model's instructions, 0 for none.</summary>
    public required int Label { get; init; }

    /// <summary>Name of the evaluation set; without one, the file's name.</summary>
    public string? Set { get; init; }

    public string? Category { get; init; }

    /// <summary>Where the text came from: <c>user</c>, <c>document</c> or <c>tool</c>.</summary>
    public string? Context { get; init; }

    /// <summary><c>owner/name:path</c> of the repository it was found in.</summary>
    public string? Source { get; init; }

    public string? Licence { get; init; }

    public string? Lang { get; init; }

    /// <summary><c>train</c> or <c>dev</c>.</summary>
    public string? Split { get; init; }

    /// <summary>Near-duplicates share a group.</summary>
    public string? Group { get; init; }

    /// <summary>How the text was composed, for texts that were not found as they are.</summary>
    public string? Made { get; init; }

    /// <summary>Whether a generator combined hand-written fragments.</summary>
    public bool Generated { get; init; }

    [JsonIgnore]
    public bool IsAttack => Label == 1;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CorpusRow))]
internal sealed partial class CorpusJson : JsonSerializerContext;
