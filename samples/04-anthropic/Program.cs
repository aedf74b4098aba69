using Anthropic.Models.Messages;
using LockLLM.Client;
using LockLLM.Client.Providers;

var anthropic = LockLlm.CreateAnthropicClient(options: new() { ProviderApiKey = Environment.GetEnvironmentVariable("ANTHROPIC_API_KEY") });

using var call = ProxyCall.Begin(new() { ScanAction = ScanAction.Block });
var message = await anthropic.Messages.Create(new()
{
    Model = "claude-haiku-4-5",
    MaxTokens = 200,
    Messages = [new UserMessageParam { Content = "How do I descale a kettle?" }],
});
Console.WriteLine($"{message.Content.Count} block, scanned: {call.Metadata?.Scanned}");
