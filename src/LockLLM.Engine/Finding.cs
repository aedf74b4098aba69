namespace LockLLM.Engine;

/// <summary>One attack found in a text.</summary>
/// <param name="Category">What it tries to achieve.</param>
/// <param name="Score">Risk, 0 to 100.</param>
/// <param name="Span">Where it stands in the text as submitted; for encoded text, the whole encoded run.</param>
/// <param name="Layers">The disguises that were undone to see it.</param>
public readonly record struct Finding(ThreatCategory Category, double Score, TextSpan Span, EncodingLayers Layers);
