using LockLLM.Gateway.Members;

namespace LockLLM.Gateway.Dashboard;

/// <summary>Who looks at which page; the same for everything that one answer is made of.</summary>
internal sealed class DashboardVisit
{
    private SignedIn? _signedIn;

    public HttpContext Context { get; private set; } = null!;

    /// <summary>What the page's script sends with changes.</summary>
    public string CsrfToken { get; private set; } = "";

    public string? SessionId => _signedIn?.SessionId;

    public MemberInfo Member => (_signedIn ?? throw new InvalidOperationException("A page was reached without a session.")).Member;

    public CancellationToken Aborted => Context.RequestAborted;

    /// <summary>For pages that nobody has to be known for.</summary>
    public void Reach(HttpContext context) => Context = context;

    public void Open(HttpContext context, SignedIn signedIn, string csrfToken) => (Context, _signedIn, CsrfToken) = (context, signedIn, csrfToken);
}
