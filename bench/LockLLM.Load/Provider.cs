using System.Globalization;
using System.Text;

namespace LockLLM.Load;

/// <summary>Stands in for a model provider: the OpenAI-shaped paths that the load scripts call, with a delay if asked for one.</summary>
internal static class Provider
{
    private const int Events = 20;

    private static readonly byte[] s_models = Encoding.UTF8.GetBytes("""{"object":"list","data":[{"id":"load-model","object":"model","owned_by":"load"}]}""");
    private static readonly byte[] s_chat = Encoding.UTF8.GetBytes(
        $$$"""{"id":"chatcmpl-1","object":"chat.completion","model":"load-model","choices":[{"index":0,"message":{"role":"assistant","content":"{{{new string('a', 300)}}}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":75,"total_tokens":84}}""");

    private static readonly byte[] s_event = Encoding.UTF8.GetBytes("data: {\"id\":\"chatcmpl-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"token \"}}]}\n\n");
    private static readonly byte[] s_done = "data: [DONE]\n\n"u8.ToArray();

    private static int s_open;
    private static int s_hungUp;

    public static async Task<int> RunAsync(string address)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(address);
        builder.Services.AddRoutingCore();
        await using var app = builder.Build();
        app.MapGet("/v1/models", context => AnswerAsync(context, s_models));
        app.MapPost("/v1/embeddings", context => AnswerAsync(context, s_chat));
        app.MapPost("/v1/chat/completions", ChatAsync);
        app.MapGet("/open", context => context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{Volatile.Read(ref s_open)} {Volatile.Read(ref s_hungUp)}"), context.RequestAborted));
        await app.RunAsync();
        return 0;
    }

    private static async Task ChatAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (body.GetBuffer().AsSpan(0, (int)body.Length).IndexOf("\"stream\":true"u8) < 0)
        {
            await AnswerAsync(context, s_chat);
            return;
        }

        var gap = Delay(context, "gap");
        Interlocked.Increment(ref s_open);
        try
        {
            await WaitAsync(Delay(context, "delay"), context.RequestAborted);
            context.Response.ContentType = "text/event-stream";
            for (var i = 0; i < Events; i++)
            {
                if (i > 0)
                {
                    await WaitAsync(gap, context.RequestAborted);
                }

                await context.Response.BodyWriter.WriteAsync(s_event, context.RequestAborted);
            }

            await context.Response.BodyWriter.WriteAsync(s_done, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref s_hungUp);
        }
        finally
        {
            Interlocked.Decrement(ref s_open);
        }
    }

    private static async Task AnswerAsync(HttpContext context, byte[] body)
    {
        await WaitAsync(Delay(context, "delay"), context.RequestAborted);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
    }

    private static Task WaitAsync(int milliseconds, CancellationToken cancellationToken) =>
        milliseconds > 0 ? Task.Delay(milliseconds, cancellationToken) : Task.CompletedTask;

    private static int Delay(HttpContext context, string name) =>
        context.Request.QueryString.HasValue && int.TryParse(context.Request.Query[name], CultureInfo.InvariantCulture, out var delay) ? delay : 0;
}
