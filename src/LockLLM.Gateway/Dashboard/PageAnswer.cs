using System.Text;
using LockLLM.Gateway.Dashboard.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace LockLLM.Gateway.Dashboard;

/// <summary>A page as one whole document, rendered here: no circuit, so that any gateway can answer the next request.</summary>
/// <param name="title">Of the window, where it is not that of the page at the address.</param>
internal sealed class PageAnswer<TPage>(string? title = null) : IResult
    where TPage : IComponent
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var html = await RenderAsync(httpContext);
        httpContext.Response.ContentType = "text/html; charset=utf-8";
        await httpContext.Response.WriteAsync(html, Encoding.UTF8, httpContext.RequestAborted);
    }

    private async Task<string> RenderAsync(HttpContext context)
    {
        var services = context.RequestServices;
        services.GetRequiredService<DashboardVisit>().Reach(context);
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<Document>(ParameterView.FromDictionary(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [nameof(Document.Page)] = typeof(TPage),
            [nameof(Document.Title)] = title ?? Navigation.TitleOf(context.Request.Path),
        }))).ToHtmlString());
    }
}
