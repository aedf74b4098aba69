using System.IO.Compression;
using System.Net;
using LockLLM.Gateway.Dashboard;

namespace LockLLM.Gateway.Tests.Dashboard;

public sealed class DashboardAssetsTests : IDisposable
{
    private const int MaxScriptBytes = 250 * 1024;

    private readonly GatewayFactory _gateway = new();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Every_file_is_served_with_its_type_and_again_only_once_it_has_changed()
    {
        using var client = _gateway.CreateClient();
        Assert.NotEmpty(DashboardAssets.Names);
        foreach (var name in DashboardAssets.Names)
        {
            var answer = await client.GetAsync("/dashboard/assets/" + name);
            Assert.Equal((HttpStatusCode.OK, "no-cache", "nosniff"), (answer.StatusCode, answer.Headers.CacheControl?.ToString(), answer.Header("X-Content-Type-Options")));
            using var again = new HttpRequestMessage(HttpMethod.Get, "/dashboard/assets/" + name);
            again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
            Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(again)).StatusCode);
        }
    }

    [Theory]
    [InlineData("nothing.js")]
    [InlineData("vendor/")]
    [InlineData("vendor/nothing.css")]
    public async Task What_is_no_file_of_the_folder_is_not_found(string name)
    {
        using var client = _gateway.CreateClient();
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/dashboard/assets/" + name)).StatusCode);
    }

    [Fact]
    public async Task All_scripts_together_are_small_and_name_nobody_else()
    {
        using var client = _gateway.CreateClient();
        var sum = 0L;
        foreach (var name in DashboardAssets.Names.Where(static name => name.EndsWith(".js", StringComparison.Ordinal)))
        {
            var script = await client.GetByteArrayAsync("/dashboard/assets/" + name);
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            {
                gzip.Write(script);
            }

            sum += packed.Length;
        }

        Assert.InRange(sum, 1, MaxScriptBytes);
        TestContext.Current.TestOutputHelper?.WriteLine($"{sum} bytes of script, compressed");
    }
}
