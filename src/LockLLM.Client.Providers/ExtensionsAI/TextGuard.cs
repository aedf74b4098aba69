namespace LockLLM.Client.Providers;

/// <summary>Scans texts, each once, and gives them back as they may be sent.</summary>
internal sealed class TextGuard(IPromptScanner scanner, LockLlmGuardOptions options)
{
    private const int MaxLength = 100_000;
    private const int Overlap = 2_000;
    private const int Remembered = 10_000;

    private readonly ScanOptions _scan = options.Scan with { };
    private readonly ClearedTexts _cleared = new(Remembered);

    /// <param name="scans">Told about every scan that was made.</param>
    /// <returns>The text, or the redacted one.</returns>
    public async Task<string> CheckAsync(string text, TextContext context, List<ScanResult> scans, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(text) || _cleared.Contains(text, context))
        {
            return text;
        }

        var options = _scan with { Context = context };
        if (text.Length > MaxLength && options.PiiAction is not PiiAction.Strip)
        {
            for (var start = 0; start < text.Length - Overlap; start += MaxLength - Overlap)
            {
                var length = Math.Min(MaxLength, text.Length - start);
                await ScanAsync(text.Substring(start, length), options, scans, cancellationToken).ConfigureAwait(false);
            }

            _cleared.Add(text, context);
            return text;
        }

        var result = await ScanAsync(text, options, scans, cancellationToken).ConfigureAwait(false);
        if (result.PiiResult is { Detected: true, RedactedInput: { } redacted })
        {
            return redacted;
        }

        if (result.IsSafe && result.AbuseWarnings is null && result.PiiResult is not { Detected: true })
        {
            _cleared.Add(text, context);
        }

        return text;
    }

    private async Task<ScanResult> ScanAsync(string text, ScanOptions options, List<ScanResult> scans, CancellationToken cancellationToken)
    {
        var result = await scanner.ScanAsync(text, options, cancellationToken).ConfigureAwait(false);
        lock (scans)
        {
            scans.Add(result);
        }

        return result;
    }
}
