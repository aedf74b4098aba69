using System.Net;
using System.Net.Http.Headers;
using System.Text;
using BenchmarkDotNet.Attributes;
using LockLLM.Client;

namespace LockLLM.Benchmarks;

/// <summary>
/// What <c>LockLlmClient.ScanAsync</c> adds to a bare call of <c>HttpClient</c> that sends the same bytes, with the same
/// answer: no network takes part, so that the difference shows.
/// </summary>
public class ClientBenchmarks
{
    private const string Prompt = "Summarise this article about bees in three sentences.";

    private static readonly byte[] s_body = Encoding.UTF8.GetBytes($$"""{"input":"{{Prompt}}","sensitivity":"medium"}""");

    private static readonly HttpClient s_http = new(new Answering());
    private static readonly LockLlmClient s_client = new(new HttpClient(new Answering()), new() { ApiKey = "llm_benchmark", BaseUrl = new Uri("http://127.0.0.1:1") }, null);

    [Benchmark(Baseline = true)]
    public async Task<int> BareHttpClient()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://127.0.0.1:1/v1/scan") { Content = new ByteArrayContent(s_body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "llm_benchmark");
        using var answer = await s_http.SendAsync(request);
        return (await answer.Content.ReadAsByteArrayAsync()).Length;
    }

    [Benchmark]
    public async Task<bool> ScanAsync() => (await s_client.ScanAsync(Prompt)).IsSafe;

    private sealed class Answering : HttpMessageHandler
    {
        private static readonly byte[] s_answer =
            """{"request_id":"req_7Qm2","safe":true,"label":0,"confidence":97.4,"injection":2.6,"policy_confidence":99.1,"sensitivity":"medium","usage":{"requests":2,"input_chars":53},"debug":{"duration_ms":1,"inference_ms":1,"mode":"single"},"coverage":{"scanned_chars":53,"total_chars":53}}"""u8.ToArray();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Yield(); // as a network would
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(s_answer), Headers = { { "X-Request-Id", "req_7Qm2" } } };
        }
    }
}
