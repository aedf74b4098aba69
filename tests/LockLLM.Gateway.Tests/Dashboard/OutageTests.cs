using System.Net;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Tests.Management;
using LockLLM.Gateway.Tests.Members;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Tests.Dashboard;

/// <summary>What somebody who is signed in sees while the database cannot be reached, or is broken.</summary>
public sealed class OutageTests : IDisposable
{
    private readonly ManagementGateway _gateway = Browser.Gateway();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task A_page_says_that_the_database_does_not_answer_and_is_there_again_afterwards()
    {
        using var owner = await Browser.OwnerAsync(_gateway);
        var file = _gateway.Get<SqliteFile>().Path;
        await TakeAwayAsync(file, owner);
        foreach (var path in (string[])["/dashboard", "/dashboard/events?safe=false", "/dashboard/health", "/dashboard/keys/key_none", "/dashboard/events/live", "/"])
        {
            var answer = await owner.CallAsync("GET", path);
            var html = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.ServiceUnavailable && answer.Content.Headers.ContentType?.MediaType == "text/html", path + ": " + html);
            Assert.Contains("script-src 'self'; style-src 'self';", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal(("no-store", TimeSpan.FromSeconds(5)), (answer.Headers.CacheControl?.ToString(), answer.Headers.RetryAfter?.Delta));
            Assert.Matches("<title>No database (·|&#xB7;) LockLLM</title>", html);
            Assert.Contains("<h1>The database does not answer</h1>", html, StringComparison.Ordinal);
            Assert.Matches("href(=\"\")?>Try again</a>", html);
            Assert.DoesNotContain("Exception", html, StringComparison.Ordinal);
            Assert.DoesNotContain("Sqlite", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotMatch("<script(?![^>]* src=)| style=", html);

            // What the visitor can tell is what the log tells.
            var id = answer.Headers.GetValues("X-Request-Id").Single();
            Assert.Contains($"<code>{id}</code>", html, StringComparison.Ordinal);
            Assert.Contains(_gateway.Gateway.Logs.Lines, line => line.StartsWith("Warning 1002", StringComparison.Ordinal) && line.Contains(id, StringComparison.Ordinal));
        }

        await (await owner.CallAsync("GET", "/api/v1/logs")).ErrorAsync(HttpStatusCode.ServiceUnavailable, "service_unavailable");
        Directory.Delete(file);
        File.Move(file + ".away", file);
        Assert.Equal(HttpStatusCode.OK, (await owner.CallAsync("GET", "/dashboard")).StatusCode);
    }

    [Fact]
    public async Task A_page_that_fails_says_so_and_tells_where_the_cause_is()
    {
        using var owner = await Browser.OwnerAsync(_gateway);
        await using var context = _gateway.Get<GatewayDatabase>().CreateContext();
        await context.Database.ExecuteSqlRawAsync("ALTER TABLE request_records RENAME TO elsewhere");
        var answer = await owner.CallAsync("GET", "/dashboard/events");
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.InternalServerError, "text/html", "no-store"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, answer.Headers.CacheControl?.ToString()));
        Assert.Contains("script-src 'self'; style-src 'self';", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("<h1>This page failed</h1>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", html, StringComparison.Ordinal);
        Assert.DoesNotContain("request_records", html, StringComparison.Ordinal);
        var id = answer.Headers.GetValues("X-Request-Id").Single();
        Assert.Contains($"<code>{id}</code>", html, StringComparison.Ordinal);
        Assert.Contains(_gateway.Gateway.Logs.Lines, line => line.StartsWith("Error 1001", StringComparison.Ordinal) && line.Contains(id, StringComparison.Ordinal));

        // Programs are told in their own shape.
        await (await owner.CallAsync("GET", "/api/v1/logs")).ErrorAsync(HttpStatusCode.InternalServerError, "internal_error");
        await context.Database.ExecuteSqlRawAsync("ALTER TABLE elsewhere RENAME TO request_records");
        Assert.Equal(HttpStatusCode.OK, (await owner.CallAsync("GET", "/dashboard/events")).StatusCode);
    }

    // A folder stands where the file was. Connections that are still in use close when they are given back.
    private async Task TakeAwayAsync(string file, Browser owner)
    {
        await ManagementGateway.UntilAsync(
            async () =>
            {
                if (!Directory.Exists(file))
                {
                    File.Move(file, file + ".away");
                    Directory.CreateDirectory(file);
                }

                await using var context = _gateway.Get<GatewayDatabase>().CreateContext();
                SqliteConnection.ClearPool((SqliteConnection)context.Database.GetDbConnection());
                return (await owner.CallAsync("GET", "/dashboard")).StatusCode;
            },
            static status => status == HttpStatusCode.ServiceUnavailable);
    }
}
