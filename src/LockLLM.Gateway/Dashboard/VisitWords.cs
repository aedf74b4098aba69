using LockLLM.Gateway.Members;

namespace LockLLM.Gateway.Dashboard;

/// <summary>What pages often ask about a visit.</summary>
internal static class VisitWords
{
    /// <summary>Whether the member may do what needs a role; the API refuses anyway.</summary>
    public static bool May(this DashboardVisit visit, Role role) => visit.Member.Role >= role;

    /// <summary>The id in the page's address.</summary>
    public static string Id(this DashboardVisit visit) => visit.Context.GetRouteValue("id") as string ?? "";

    /// <summary>The gateway as this visitor reaches it.</summary>
    public static string Origin(this DashboardVisit visit) => $"{visit.Context.Request.Scheme}://{visit.Context.Request.Host}";

    public static void NotFound(this DashboardVisit visit) => visit.Context.Response.StatusCode = StatusCodes.Status404NotFound;

    public static void Forbidden(this DashboardVisit visit) => visit.Context.Response.StatusCode = StatusCodes.Status403Forbidden;
}
