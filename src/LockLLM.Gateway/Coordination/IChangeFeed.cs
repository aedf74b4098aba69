namespace LockLLM.Gateway.Coordination;

/// <summary>
/// Says that an account has changed, on this node and where possible on the others. A hint that saves waiting for the next
/// poll: it may get lost, come twice or come late.
/// </summary>
internal interface IChangeFeed
{
    /// <summary>Never fails; never waits for others.</summary>
    void Publish(string accountId);

    /// <summary>Until disposed. The handler must return at once.</summary>
    IDisposable Subscribe(Action<string> changed);
}
