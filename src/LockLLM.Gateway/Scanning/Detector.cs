using LockLLM.Engine;

namespace LockLLM.Gateway.Scanning;

/// <summary>Asks the engine. A delegate, so that tests can put a broken engine in its place.</summary>
internal delegate Verdict Detector(ReadOnlySpan<char> text, Trust trust);
