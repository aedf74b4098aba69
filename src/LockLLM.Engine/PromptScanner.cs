using LockLLM.Engine.Detection;
using LockLLM.Engine.Models;

namespace LockLLM.Engine;

/// <summary>
/// Finds attacks on a language model's instructions. Build one and keep it: it is immutable, may be called from any
/// thread, works synchronously and touches neither network, disk nor clock.
/// </summary>
public sealed class PromptScanner
{
    /// <summary>Findings reported at most.</summary>
    public const int MaxFindings = 16;

    [ThreadStatic]
    private static List<Finding>? t_findings;

    private readonly InjectionModel _model;
    private readonly WorkspacePool _passes;

    /// <summary>Loads the model that this version ships with. Takes some tens of milliseconds and about 12 MB.</summary>
    public PromptScanner()
        : this(InjectionModel.LoadShipped())
    {
    }

    /// <summary>Loads a model from a seekable stream. Whoever supplies the model decides what is found: take it from a trusted place.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or was made for another version of the engine.</exception>
    public PromptScanner(Stream model)
        : this(ModelFile.Read(model))
    {
    }

    internal PromptScanner(InjectionModel model)
    {
        _model = model;
        _passes = new WorkspacePool(model);
    }

    /// <summary>Name of the model in use.</summary>
    public string ModelName => _model.Name;

    /// <summary>SHA-256 of the model file, in lower-case hexadecimal digits.</summary>
    public string ModelChecksum => _model.Checksum;

    /// <summary>Scans one text. No text of any kind throws.</summary>
    /// <param name="text">The text, of any length; the time taken grows linearly with it.</param>
    /// <param name="trust">Where the text came from.</param>
    public Verdict Scan(ReadOnlySpan<char> text, Trust trust = Trust.User)
    {
        var findings = t_findings ??= [];
        findings.Clear();
        var pass = _passes.Rent(text.Length);
        var score = pass.Run(text, trust, findings);
        _passes.Return(pass, text.Length);
        if (findings.Count == 0)
        {
            return new Verdict(score, [], text.Length);
        }

        findings.Sort(static (a, b) => (b.Score, a.Span.Start, a.Category).CompareTo((a.Score, b.Span.Start, b.Category)));
        score = Math.Max(score, findings[0].Score);
        return new Verdict(score, [.. findings.Take(MaxFindings)], text.Length);
    }
}
