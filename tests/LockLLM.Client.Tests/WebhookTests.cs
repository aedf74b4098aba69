using System.Security.Cryptography;
using System.Text;

namespace LockLLM.Client.Tests;

public class WebhookTests
{
    private const string Body = """{"event":"prompt_injection_detected","timestamp":1771405200000,"request_id":"req_9b1","user_id":"usr_12","scan_result":{"safe":false,"label":1,"confidence":97,"injection":97,"sensitivity":"medium"},"input_preview":""}""";
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private readonly HastyClock _clock = new() { Now = DateTimeOffset.FromUnixTimeSeconds(1771405230) };

    [Fact]
    public void The_sample_of_the_standard_verifies()
    {
        // Body, id, secret and signature from the Standard Webhooks specification.
        var headers = Headers("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        var clock = new HastyClock { Now = DateTimeOffset.FromUnixTimeSeconds(1614265330) };
        var failed = Assert.Throws<LockLlmWebhookException>(() => LockLlmWebhook.Verify("""{"test": 2432232314}"""u8, headers, Secret, timeProvider: clock));
        Assert.Equal("The signed body is no event.", failed.Message); // so the signature was accepted
    }

    [Fact]
    public void A_signed_event_is_read()
    {
        var told = LockLlmWebhook.Verify(Encoding.UTF8.GetBytes(Body), Signed(Body), Secret, timeProvider: _clock);
        Assert.Equal(("prompt_injection_detected", "msg_1", "req_9b1", "usr_12"), (told.Event, told.DeliveryId, told.RequestId, told.UserId));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1771405200000), told.Timestamp);
        Assert.Equal(97, told.ScanResult!.InjectionScore);
        Assert.Null(told.InputPreview);
    }

    [Fact]
    public void During_a_rotation_either_signature_will_do()
    {
        var good = Signed(Body)("webhook-signature");
        Assert.Equal("req_9b1", LockLlmWebhook.Verify(Encoding.UTF8.GetBytes(Body), Headers("msg_1", "1771405200", "v2,x v1,AAAA " + good), Secret, timeProvider: _clock).RequestId);
    }

    [Theory]
    [InlineData("changed body")]
    [InlineData("other secret")]
    [InlineData("other id")]
    [InlineData("too old")]
    [InlineData("too new")]
    [InlineData("time of another")]
    [InlineData("no signature")]
    [InlineData("no time")]
    [InlineData("empty signature")]
    [InlineData("long signature")]
    public void What_the_gateway_did_not_send_is_refused(string what)
    {
        var signature = Signed(Body)("webhook-signature");
        var (body, headers, secret) = what switch
        {
            "changed body" => (Body + " ", Signed(Body), Secret),
            "other secret" => (Body, Signed(Body), "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
            "other id" => (Body, Headers("msg_2", "1771405200", signature), Secret),
            "too old" => (Body, Signed(Body, 1771405230 - 301), Secret),
            "too new" => (Body, Signed(Body, 1771405230 + 301), Secret),
            "time of another" => (Body, Headers("msg_1", "1771405201", signature), Secret),
            "no signature" => (Body, Headers("msg_1", "1771405200", null), Secret),
            "no time" => (Body, Headers("msg_1", null, signature), Secret),
            "empty signature" => (Body, Headers("msg_1", "1771405200", "v1, v1"), Secret),
            _ => (Body, Headers("msg_1", "1771405200", "v1," + new string('A', 5000)), Secret),
        };
        Assert.Throws<LockLlmWebhookException>(() => LockLlmWebhook.Verify(Encoding.UTF8.GetBytes(body), headers, secret, timeProvider: _clock));
    }

    [Fact]
    public void The_older_header_is_understood_too()
    {
        var hash = Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes("1771405200." + Body)));
        string? Header(string name) => name switch { "X-LockLLM-Signature" => $"t=1771405200,v1={hash}", "X-LockLLM-Delivery" => "dlv_1", _ => null };
        Assert.Equal("dlv_1", LockLlmWebhook.Verify(Encoding.UTF8.GetBytes(Body), Header, Secret, timeProvider: _clock).DeliveryId);
        Assert.Throws<LockLlmWebhookException>(() => LockLlmWebhook.Verify(Encoding.UTF8.GetBytes(Body + " "), Header, Secret, timeProvider: _clock));
    }

    [Theory]
    [InlineData("")]
    [InlineData("whsec_***")]
    public void A_secret_that_is_none_is_a_configuration_error(string secret) =>
        Assert.Throws<LockLlmConfigurationException>(() => LockLlmWebhook.Verify(Encoding.UTF8.GetBytes(Body), Signed(Body), secret, timeProvider: _clock));

    private static Func<string, string?> Signed(string body, long time = 1771405200)
    {
        var hash = HMACSHA256.HashData(Convert.FromBase64String(Secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"msg_1.{time}.{body}"));
        return Headers("msg_1", time.ToString(System.Globalization.CultureInfo.InvariantCulture), "v1," + Convert.ToBase64String(hash));
    }

    private static Func<string, string?> Headers(string id, string? time, string? signature) =>
        name => name switch { "webhook-id" => id, "webhook-timestamp" => time, "webhook-signature" => signature, _ => null };
}
