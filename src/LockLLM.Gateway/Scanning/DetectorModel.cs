using LockLLM.Engine;

namespace LockLLM.Gateway.Scanning;

/// <summary>The model that ships, for people who look after the gateway.</summary>
/// <param name="Checksum">SHA-256 of its file.</param>
internal sealed record DetectorModel(string Name, string Checksum)
{
    public static DetectorModel Of(PromptScanner scanner) => new(scanner.ModelName, scanner.ModelChecksum);
}
