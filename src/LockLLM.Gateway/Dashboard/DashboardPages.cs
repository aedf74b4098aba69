using LockLLM.Gateway.Dashboard.Pages;

namespace LockLLM.Gateway.Dashboard;

/// <summary>The pages on which something is managed.</summary>
internal static class DashboardPages
{
    // As the gateway makes them; anything else is no page.
    private const string Id = "{id:regex(^[A-Za-z0-9_]{{1,64}}$)}";

    /// <summary>Where an invitation is accepted; its token stands behind the #, which browsers do not send.</summary>
    public const string Join = "/join";

    public static void MapManagementPages(this RouteGroupBuilder pages)
    {
        Map<ApiKeyList>("/keys");
        Map<ApiKeyPage>("/keys/" + Id);
        Map<ProviderKeyList>("/provider-keys");
        Map<ProviderKeyPage>("/provider-keys/" + Id);
        Map<PlaygroundPage>("/playground");
        Map<SettingsPage>("/settings");
        Map<SecurityPage>("/security");
        Map<MembersPage>("/members");
        Map<MemberPage>("/members/" + Id);
        Map<AuditPage>("/audit");
        Map<HealthPage>("/health");

        void Map<TPage>(string path)
            where TPage : Microsoft.AspNetCore.Components.IComponent => pages.MapGet(path, static () => new PageAnswer<TPage>());
    }
}
