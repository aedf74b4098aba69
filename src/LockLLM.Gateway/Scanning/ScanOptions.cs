using System.ComponentModel.DataAnnotations;

namespace LockLLM.Gateway.Scanning;

/// <summary>How <c>POST /v1/scan</c> behaves.</summary>
internal sealed class ScanOptions
{
    /// <summary>Whether answers carry the <c>debug</c> object with timings.</summary>
    public bool Debug { get; set; } = true;

    /// <summary>Bytes of a request body. 100,000 characters take up to 1.2 MB when written as escapes.</summary>
    [Range(64 * 1024, 64 * 1024 * 1024)]
    public int MaxRequestBytes { get; set; } = 2 * 1024 * 1024;

    /// <summary>Texts over 10,000 characters judged at once; further ones wait, so that short ones do not. 0 means half of the processors.</summary>
    [Range(0, 1024)]
    public int ConcurrentLongScans { get; set; }

    /// <summary>Long texts that may wait; further ones are answered 503.</summary>
    [Range(0, 100_000)]
    public int WaitingLongScans { get; set; } = 64;
}
