using System.Text.Json;
using LockLLM.Gateway.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LockLLM.Gateway.Tests.Errors;

public sealed class UnhandledErrorsTests
{
    [Fact]
    public async Task A_page_that_should_say_what_failed_and_fails_itself_is_answered_as_json()
    {
        using var logs = new CapturedLogs();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(logs));
        var errors = new UnhandledErrors(static _ => throw new InvalidOperationException("the words of the first"), factory.CreateLogger<UnhandledErrors>());
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { TraceIdentifier = "req_of_a_page", Response = { Body = body } };
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new FaultAnswers(new FailingPage(), new FailingPage())), "page"));

        await errors.InvokeAsync(context);

        Assert.Equal((500, "application/json"), (context.Response.StatusCode, context.Response.ContentType));
        using var json = JsonDocument.Parse(body.ToArray());
        Assert.Equal("internal_error", json.RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(2, logs.Lines.Count(static line => line.StartsWith("Error 1001", StringComparison.Ordinal) && line.Contains("req_of_a_page", StringComparison.Ordinal)));
        Assert.DoesNotContain(logs.Lines, static line => line.Contains("the words of", StringComparison.Ordinal));
    }

    private sealed class FailingPage : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => throw new InvalidOperationException("the words of the second");
    }
}
