namespace LockLLM.Client;

/// <summary>Judges prompts: through a gateway (<see cref="LockLlmClient"/>) or within the process (package LockLLM.Client.Embedded).</summary>
public interface IPromptScanner
{
    /// <summary>Judges one text.</summary>
    /// <param name="input">The text, up to 100,000 Unicode characters.</param>
    /// <param name="options">What to look for; null takes the scanner's defaults.</param>
    /// <exception cref="RequestRefusedException">Something was found and the options say to block it.</exception>
    /// <exception cref="LockLlmException">No verdict could be had.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<ScanResult> ScanAsync(string input, ScanOptions? options = null, CancellationToken cancellationToken = default);
}
