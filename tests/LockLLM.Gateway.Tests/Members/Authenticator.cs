using System.Buffers.Binary;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LockLLM.Gateway.Tests.Members;

/// <summary>An authenticator with one ES256 passkey, and the browser in front of it. Its properties make it lie.</summary>
internal sealed class Authenticator : IDisposable
{
    private const byte UserPresent = 1;
    private const byte UserVerified = 4;
    private const byte HasCredential = 64;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public Authenticator(Uri address) => (Origin, RelyingParty) = (address.GetLeftPart(UriPartial.Authority), address.Host);

    public byte[] CredentialId { get; init; } = RandomNumberGenerator.GetBytes(32);

    public string Origin { get; set; }

    public string RelyingParty { get; set; }

    public string? TopOrigin { get; set; }

    public bool IsUserVerified { get; set; } = true;

    public bool IsUserPresent { get; set; } = true;

    /// <summary>In place of the one asked with.</summary>
    public string? Challenge { get; set; }

    /// <summary>In place of the kind of the ceremony.</summary>
    public string? Kind { get; set; }

    /// <summary>Whose it is, in base64url.</summary>
    public string? UserHandle { get; set; }

    /// <summary>Uses so far; the next one says one more.</summary>
    public uint Uses { get; set; }

    /// <summary>Answers <c>navigator.credentials.create()</c>.</summary>
    public JsonObject Create(JsonElement options)
    {
        UserHandle ??= options.GetProperty("user").GetProperty("id").GetString();
        var attestation = new CborWriter(CborConformanceMode.Ctap2Canonical);
        attestation.WriteStartMap(3);
        attestation.WriteTextString("fmt");
        attestation.WriteTextString("none");
        attestation.WriteTextString("attStmt");
        attestation.WriteStartMap(0);
        attestation.WriteEndMap();
        attestation.WriteTextString("authData");
        attestation.WriteByteString(Data([.. new byte[16], 0, (byte)CredentialId.Length, .. CredentialId, .. PublicKey()]));
        attestation.WriteEndMap();
        return Credential(new JsonObject
        {
            ["clientDataJSON"] = Encode(ClientData(options, "webauthn.create")),
            ["attestationObject"] = Encode(attestation.Encode()),
            ["transports"] = new JsonArray("internal", "Not a word\u0000", null, new string('x', 5000)),
        });
    }

    /// <summary>Answers <c>navigator.credentials.get()</c>.</summary>
    public JsonObject Get(JsonElement options)
    {
        Uses++;
        var (client, data) = (ClientData(options, "webauthn.get"), Data([]));
        return Credential(new JsonObject
        {
            ["clientDataJSON"] = Encode(client),
            ["authenticatorData"] = Encode(data),
            ["signature"] = Encode(_key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
            ["userHandle"] = UserHandle,
        });
    }

    public void Dispose() => _key.Dispose();

    private JsonObject Credential(JsonObject response) => new()
    {
        ["id"] = Encode(CredentialId),
        ["rawId"] = Encode(CredentialId),
        ["type"] = "public-key",
        ["authenticatorAttachment"] = "platform",
        ["clientExtensionResults"] = new JsonObject(),
        ["response"] = response,
    };

    private byte[] ClientData(JsonElement options, string kind)
    {
        var data = new JsonObject { ["type"] = Kind ?? kind, ["challenge"] = Challenge ?? options.GetProperty("challenge").GetString(), ["origin"] = Origin, ["crossOrigin"] = TopOrigin is not null };
        if (TopOrigin is not null)
        {
            data["topOrigin"] = TopOrigin;
        }

        return Encoding.UTF8.GetBytes(data.ToJsonString());
    }

    private byte[] Data(byte[] credential)
    {
        var flags = (IsUserPresent ? UserPresent : 0) | (IsUserVerified ? UserVerified : 0) | (credential.Length > 0 ? HasCredential : 0);
        var count = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(count, Uses);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(RelyingParty)), (byte)flags, .. count, .. credential];
    }

    // COSE, RFC 9053: an elliptic curve key for ES256.
    private byte[] PublicKey()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        var writer = new CborWriter(CborConformanceMode.Ctap2Canonical);
        writer.WriteStartMap(5);
        writer.WriteInt32(1);
        writer.WriteInt32(2);
        writer.WriteInt32(3);
        writer.WriteInt32(-7);
        writer.WriteInt32(-1);
        writer.WriteInt32(1);
        writer.WriteInt32(-2);
        writer.WriteByteString(point.X!);
        writer.WriteInt32(-3);
        writer.WriteByteString(point.Y!);
        writer.WriteEndMap();
        return writer.Encode();
    }

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
