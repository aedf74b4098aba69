using LockLLM.Client;
using LockLLM.Client.Providers;

var options = new LockLlmProxyClientOptions
{
    ProviderApiKey = Environment.GetEnvironmentVariable("OPENAI_API_KEY"), // null: the key that is stored with the gateway
    Proxy = new() { Sensitivity = Sensitivity.Medium },
};
var chat = LockLlm.CreateOpenAIClient(options: options).GetChatClient("gpt-4o-mini");

var completion = await chat.CompleteChatAsync("How do I descale a kettle?");
var metadata = ProxyMetadata.Parse(completion.GetRawResponse().Headers);
Console.WriteLine($"{completion.Value.Content[0].Text} scanned: {metadata.Scanned}, safe: {metadata.Safe}");
