using System.Text;
using LockLLM.Gateway.Dashboard.Layout;
using LockLLM.Gateway.Dashboard.Pages;
using LockLLM.Gateway.Errors;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace LockLLM.Gateway.Dashboard;

/// <summary>A page as one whole document, rendered here: no circuit, so that any gateway can answer the next request.</summary>
internal sealed class PageAnswer<TPage> : IResult
    where TPage : IComponent
{
    private int _status = StatusCodes.Status200OK;

    public static PageAnswer<TPage> WithStatus(int status) => new() { _status = status };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        string html;
        try
        {
            html = await RenderAsync(httpContext, typeof(TPage));
        }
        catch (DatabaseUnavailableException) when (_status == StatusCodes.Status200OK)
        {
            (html, _status) = (await RenderAsync(httpContext, typeof(UnavailablePage)), StatusCodes.Status503ServiceUnavailable);
        }

        var response = httpContext.Response;
        // A page may have said that there is no such thing.
        response.StatusCode = _status == StatusCodes.Status200OK ? response.StatusCode : _status;
        response.ContentType = "text/html; charset=utf-8";
        await response.WriteAsync(html, Encoding.UTF8, httpContext.RequestAborted);
    }

    private static async Task<string> RenderAsync(HttpContext context, Type page)
    {
        var services = context.RequestServices;
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<Document>(ParameterView.FromDictionary(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [nameof(Document.Page)] = page,
            [nameof(Document.Title)] = Navigation.TitleOf(context.Request.Path),
        }))).ToHtmlString());
    }
}
