using System.Text;
using LockLLM.Gateway.Proxy.Providers;

namespace LockLLM.Gateway.Tests.Proxy.Providers;

/// <summary>The published examples of Signature Version 4: key, date and service of AWS's own test suite.</summary>
public sealed class AwsSignatureTests
{
    private const string Time = "20150830T123600Z";

    private static readonly AwsAccessKey s_key = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null, "us-east-1") { Service = "service" };

    [Theory]
    [InlineData("GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")] // get-vanilla
    [InlineData("POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")] // post-vanilla
    [InlineData("GET", "/?Param2=value2&Param1=value1", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")] // get-vanilla-query-order-key-case
    [InlineData("GET", "/?Param1=value2&Param1=Value1", "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1")] // get-vanilla-query-order-value
    public void Gives_the_signature_of_the_published_example(string method, string target, string signature)
    {
        var headers = new SortedList<string, string>(StringComparer.Ordinal) { ["host"] = "example.amazonaws.com", ["x-amz-date"] = Time };
        var authorization = AwsSignature.Authorization(method, new Uri("https://example.amazonaws.com" + target), headers, [], s_key, Time);
        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature={signature}",
            authorization);
    }

    [Fact]
    public void Signs_a_body_and_its_type() // post-x-www-form-urlencoded
    {
        var headers = new SortedList<string, string>(StringComparer.Ordinal)
        {
            ["content-type"] = "application/x-www-form-urlencoded", ["host"] = "example.amazonaws.com", ["x-amz-date"] = Time,
        };
        Assert.EndsWith(
            "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            AwsSignature.Authorization("POST", new Uri("https://example.amazonaws.com/"), headers, Encoding.UTF8.GetBytes("Param1=value1"), s_key, Time),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bedrock-runtime.eu-west-1.amazonaws.com", "eu-west-1")]
    [InlineData("vpce-0a1b.bedrock-runtime.us-west-2.vpce.amazonaws.com", "us-west-2")]
    [InlineData("models.example.com", null)]
    public void The_region_is_read_from_the_host(string host, string? region) =>
        Assert.Equal(region, AwsAccessKey.Read("""{"access_key_id":"a","secret_access_key":"b"}""", host)?.Region);
}
