using System.Net;
using LockLLM.Contracts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LockLLM.Gateway.Tests.Identity;

public sealed class ApiKeyAuthenticationTests : IDisposable
{
    private const string Good = GatewayFactory.Key;
    private const string Body = """{"input":"a"}""";

    private readonly GatewayFactory _gateway = new();
    private readonly HttpClient _client;

    public ApiKeyAuthenticationTests() => _client = _gateway.CreateClient();

    public void Dispose() => _gateway.Dispose();

    [Theory]
    [InlineData("Authorization", "Bearer " + Good)]
    [InlineData("authorization", "bearer  " + Good)]
    [InlineData(HeaderNames.XApiKey, Good)]
    [InlineData(HeaderNames.ApiKey, Good)]
    [InlineData(HeaderNames.GoogleApiKey, Good)]
    [InlineData(HeaderNames.Key, Good)]
    public async Task Every_carrier_is_accepted(string header, string value) =>
        await (await _client.ScanAsync(Body, (header, value))).VerdictAsync();

    [Fact]
    public async Task Our_own_carrier_leaves_the_others_to_the_provider() =>
        await (await _client.ScanAsync(Body, (HeaderNames.Key, Good), ("Authorization", "Bearer sk-provider"), (HeaderNames.XApiKey, "sk-provider"))).VerdictAsync();

    [Theory]
    [InlineData(HeaderNames.Key, "Authorization")]
    [InlineData("Authorization", HeaderNames.XApiKey)]
    [InlineData(HeaderNames.XApiKey, HeaderNames.ApiKey)]
    [InlineData(HeaderNames.ApiKey, HeaderNames.GoogleApiKey)]
    public async Task The_first_carrier_is_the_only_one_looked_at(string first, string second)
    {
        await Refused(Bad(first), Fine(second));
        await (await _client.ScanAsync(Body, Fine(first), Bad(second))).VerdictAsync();

        static (string, string) Bad(string header) => (header, header == "Authorization" ? "Bearer llm_wrong" : "llm_wrong");
        static (string, string) Fine(string header) => (header, header == "Authorization" ? "Bearer " + Good : Good);
    }

    [Fact]
    public async Task A_blank_carrier_counts_as_absent()
    {
        await (await _client.ScanAsync(Body, ("Authorization", ""), (HeaderNames.XApiKey, Good))).VerdictAsync();
        await (await _client.ScanAsync(Body, (HeaderNames.Key, " "), ("Authorization", "Bearer " + Good))).VerdictAsync();
    }

    [Theory]
    [InlineData("?key=" + Good, true)]
    [InlineData("?api_key=" + Good, false)]
    [InlineData("?x=1&token=llm%5Fgatewaytests0123456789ABCDEFGHIJKLMNOPQRST", true)]
    public async Task A_key_in_the_address_is_refused(string query, bool alsoInHeader)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/scan" + query);
        if (alsoInHeader)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Good);
        }

        await (await _client.SendAsync(request)).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task All_bad_keys_get_the_same_answer()
    {
        const string id = "same-for-all";
        (string, string)[][] calls =
        [
            [],
            [("Authorization", "")],
            [("Authorization", "Bearer")],
            [("Authorization", "Bearer ")],
            [("Authorization", "Basic bGxtOmxsbQ==")],
            [("Authorization", Good)],
            [("Authorization", "Bearer " + Good[..^1])],
            [("Authorization", "Bearer " + Good + "x")],
            [("Authorization", "Bearer llm_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg000000")],
            [("Authorization", "Bearer sk_live_0123456789")],
            [("Authorization", "Bearer " + new string('a', 8000))],
            [(HeaderNames.XApiKey, "nonsense")],
        ];
        var answers = new HashSet<string>();
        foreach (var headers in calls)
        {
            var response = await _client.ScanAsync(Body, [.. headers, (HeaderNames.RequestId, id)]);
            var error = await response.ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
            Assert.Equal("authentication_error", error.GetProperty("type").GetString());
            answers.Add(await response.Content.ReadAsStringAsync() + response.Headers);
        }

        Assert.Single(answers);
    }

    [Fact]
    public async Task A_stranger_learns_nothing_about_the_body()
    {
        foreach (var body in (string[])["", "{", "{}", """{"input":1}""", Body, new string(' ', 3_000_000)])
        {
            await (await _client.ScanAsync(body, (HeaderNames.ScanAction, "nonsense"))).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        }

        await (await _client.PostAsync("/v1/scan", new StringContent("text"))).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Every_endpoint_asks_for_a_key_unless_it_says_that_anyone_may_call()
    {
        var routes = _gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToArray();
        string[] open = ["/health", "/ready", "/v1/status", "/openapi/v1.json", "/api/v1/session/options", "/api/v1/session/passkey/begin"];
        string[] doors = ["/api/v1/session", "/api/v1/session/passkey", "/api/v1/invitations/accept"];
        // Metrics have a door of their own: where the call comes from, or a token.
        foreach (var route in routes.Where(static route => !route.RoutePattern.RawText!.StartsWith("/reference", StringComparison.Ordinal) && route.RoutePattern.RawText != "/metrics"))
        {
            var isOpen = route.Metadata.GetMetadata<IAllowAnonymous>() is not null;
            var method = route.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods[0];
            var path = route.RoutePattern.RawText!.TrimEnd('/');
            if (path is "" or "/join" || path.StartsWith("/dashboard", StringComparison.Ordinal))
            {
                // Pages ask for a session instead; DashboardTests look at that.
                Assert.True(isOpen && method == "GET", $"{method} {path}");
                continue;
            }

            var isDoor = method == "POST" && doors.Contains(path);
            Assert.True(isOpen == (open.Contains(path) || isDoor), $"{method} {path}");
            var response = await _client.SendAsync(new HttpRequestMessage(new HttpMethod(method), route.RoutePattern.RawText));
            Assert.Equal(isOpen && !isDoor, response.StatusCode == HttpStatusCode.OK);
        }
    }

    private async Task Refused(params (string, string)[] headers) =>
        await (await _client.ScanAsync(Body, headers)).ErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
}
