namespace LockLLM.Training.Mutations;

/// <summary>A way to hide a text from a reader of plain characters.</summary>
/// <param name="Name">Stable name, used in reports.</param>
/// <param name="Apply">Hides a text; the same text and seed give the same result.</param>
internal sealed record Disguise(string Name, Func<string, Random, string> Apply)
{
    public Disguise(string name, Func<string, string> apply)
        : this(name, (text, _) => apply(text))
    {
    }

    /// <summary>Whether a text survives the disguise; all do unless something else is said.</summary>
    public Func<string, bool> CanCarry { get; init; } = static _ => true;

    /// <summary>This disguise over another one.</summary>
    public Disguise Over(Disguise inner) => new($"{Name} of {inner.Name}", (text, random) => Apply(inner.Apply(text, random), random)) { CanCarry = inner.CanCarry };

    public override string ToString() => Name;
}
