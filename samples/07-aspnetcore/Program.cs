using LockLLM.Client;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddLockLlm(); // from the section LockLlm, or LOCKLLM_API_KEY and LOCKLLM_BASE_URL
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, SampleJson.Default));

var app = builder.Build();
app.MapPost("/chat", (ChatRequest chat) => $"You said {chat.Message.Length} characters.")
    .ScanWithLockLlm((ChatRequest chat) => chat.Message);
app.MapPost("/webhooks/lockllm", async (HttpRequest request, IConfiguration configuration) =>
{
    using var body = new MemoryStream();
    await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
    try
    {
        var told = LockLlmWebhook.Verify(body.ToArray(), name => request.Headers[name], configuration["LockLlm:WebhookSecret"] ?? "");
        return Results.Ok($"seen: {told.Event}");
    }
    catch (LockLlmWebhookException)
    {
        return Results.BadRequest();
    }
});
await app.RunAsync();

internal sealed record ChatRequest(string Message);

[System.Text.Json.Serialization.JsonSerializable(typeof(ChatRequest))]
internal sealed partial class SampleJson : System.Text.Json.Serialization.JsonSerializerContext;
