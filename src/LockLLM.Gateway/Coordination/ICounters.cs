namespace LockLLM.Gateway.Coordination;

/// <summary>Counts what was granted in the last <see cref="Window"/> and grants no more than a limit. Shared by the nodes where a server for it is set up.</summary>
internal interface ICounters
{
    static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    /// <summary>
    /// One of <paramref name="whole"/>, and of <paramref name="part"/> if there is one: of both or of neither. What is
    /// refused is not counted. Never fails; waits for others only for a bounded time.
    /// </summary>
    ValueTask<Take> TakeAsync(Allowance whole, Allowance? part, CancellationToken cancellationToken);
}

/// <param name="Name">What is counted, such as the id of an account.</param>
/// <param name="Limit">At most so many in any window.</param>
internal readonly record struct Allowance(string Name, int Limit);

/// <summary>What came of asking; told of the allowance that has the least left.</summary>
/// <param name="NextAfter">Until the oldest one counted leaves the window, so that there is one more; zero while nothing is counted.</param>
internal readonly record struct Take(bool IsGranted, int Limit, int Remaining, TimeSpan NextAfter)
{
    /// <summary>The tighter of two.</summary>
    public static Take Tighter(Take whole, Take part) => (whole, part) switch
    {
        ({ IsGranted: false }, { IsGranted: false }) => part.NextAfter > whole.NextAfter ? part : whole,
        ({ IsGranted: false }, _) => whole,
        (_, { IsGranted: false }) => part,
        _ => part.Remaining < whole.Remaining ? part : whole,
    };
}
