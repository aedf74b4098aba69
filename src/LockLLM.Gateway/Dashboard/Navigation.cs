using LockLLM.Gateway.Members;

namespace LockLLM.Gateway.Dashboard;

/// <summary>A page that is reached from every page.</summary>
/// <param name="Key">What the page calls itself; its icon has the same name.</param>
internal sealed record NavigationEntry(string Key, string Path, string Name, string? Group = null, Role Role = Role.Viewer);

/// <summary>The table of pages: the rail, the palette and the titles follow it.</summary>
internal static class Navigation
{
    public static readonly IReadOnlyList<NavigationEntry> Entries =
    [
        new("overview", DashboardEndpoints.Root, "Overview"),
        new("events", DashboardEndpoints.Root + "/events", "Events"),
        new("playground", DashboardEndpoints.Root + "/playground", "Playground"),
        new("keys", DashboardEndpoints.Root + "/keys", "API keys", "Access"),
        new("provider-keys", DashboardEndpoints.Root + "/provider-keys", "Provider keys", "Access"),
        new("members", DashboardEndpoints.Root + "/members", "Members", "Access"),
        new("audit", DashboardEndpoints.Root + "/audit", "Audit", "Gateway", Role.Admin),
        new("health", DashboardEndpoints.Root + "/health", "Health", "Gateway"),
        new("settings", DashboardEndpoints.Root + "/settings", "Settings", "Gateway"),
        new("security", DashboardEndpoints.Root + "/security", "Your sign-in", "Gateway"),
        new("start", DashboardEndpoints.Root + "/start", "First steps", "Help", Role.Developer),
        new("reference", "/reference", "API reference", "Help"),
    ];

    /// <summary>Of the page at an address, for the window's title.</summary>
    public static string? TitleOf(PathString path) => path.Value switch
    {
        "/" => "Sign in",
        DashboardPages.Join => "Join",
        _ => Entries.Where(entry => path.StartsWithSegments(entry.Path, StringComparison.Ordinal)).MaxBy(static entry => entry.Path.Length)?.Name,
    };
}
