using System.Text.Json;

namespace LockLLM.Gateway.Tests.Hosting;

public sealed class ApiReferenceTests : IDisposable
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private readonly GatewayFactory _gateway = new();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task The_openapi_document_is_the_approved_one()
    {
        var document = await (await _gateway.CreateClient().GetAsync("/openapi/v1.json")).Content.ReadAsStringAsync();
        ApprovedFile.Match("openapi.json", JsonSerializer.Serialize(JsonDocument.Parse(document).RootElement, s_indented));
    }

    [Fact]
    public async Task The_reference_page_takes_its_script_from_here()
    {
        var client = _gateway.CreateClient();
        var page = await client.GetStringAsync("/reference/");
        Assert.Contains("<script src=\"scalar.js\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain("//", page.Replace("</", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var script = await client.GetAsync("/reference/scalar.js");
        Assert.True((await script.Content.ReadAsByteArrayAsync()).Length > 100_000);
    }
}
