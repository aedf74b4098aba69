using LockLLM.Contracts.Scan;
using LockLLM.Gateway.Proxy.Protocols;

namespace LockLLM.Gateway.Proxy.Guard;

/// <summary>What the guard can say about a request: one of four things, of which only one is a scan.</summary>
internal abstract record GuardReport
{
    private GuardReport()
    {
    }

    /// <summary>What reaches the model and could not be read.</summary>
    public UnscannedCounts Unscanned { get; init; }

    /// <summary>There was no text.</summary>
    public sealed record NothingToScan : GuardReport;

    /// <summary>There may be text, in a form that is too long to be read before it is sent. Refused only where the account refuses what cannot be scanned: files are sent in forms.</summary>
    public sealed record Unread : GuardReport
    {
        public Unread() => Unscanned = UnscannedCounts.OfBody;
    }

    /// <summary>There was text and no verdict on it.</summary>
    public sealed record Failed : GuardReport;

    /// <summary>Every text was dealt with.</summary>
    public sealed record Scanned(Coverage Coverage) : GuardReport
    {
        /// <summary>Whether an attack was found that is new to this conversation.</summary>
        public bool IsAttack { get; init; }

        /// <summary>Risk of the worst text judged, 0 to 100.</summary>
        public double Score { get; init; }

        /// <summary>What is attempted, for a person; null without an attack.</summary>
        public string? Sentence { get; init; }

        /// <summary>The attacks in the worst text.</summary>
        public IReadOnlyList<ScanThreat>? Threats { get; init; }

        /// <summary>Of the text that the positions of <see cref="Threats"/> count in, in Unicode scalar values.</summary>
        public int ThreatsLength { get; init; }

        /// <summary>
        /// Places in which something that would be an attack from a user was found, but whose authors may give orders; see
        /// <see cref="GuardSettings.Trusts"/>.
        /// </summary>
        public IReadOnlyList<TextOrigin> InContext { get; init; } = [];

        /// <summary>Beside the texts there was a form that was not read; see <see cref="Unread"/>.</summary>
        public bool LeftUnread { get; init; }

        /// <summary>Indices of the texts that must not be sent.</summary>
        public IReadOnlyList<int> Withheld { get; init; } = [];
    }
}
