using System.Text.Json.Serialization;
using LockLLM.Contracts.Errors;
using LockLLM.Contracts.Management;
using LockLLM.Contracts.Scan;

namespace LockLLM.Contracts;

/// <summary>
/// The JSON of the wire: snake case, ASCII, and what is absent is left out rather than written as null, since the
/// official Python client fails on null.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ScanRequest))]
[JsonSerializable(typeof(ScanResponse))]
[JsonSerializable(typeof(ScanWarning))]
[JsonSerializable(typeof(ScanResult))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ApiKeyDetails[]))]
[JsonSerializable(typeof(IReadOnlyList<ApiKeyDetails>))]
[JsonSerializable(typeof(ApiKeyRequest))]
[JsonSerializable(typeof(RotateApiKeyRequest))]
[JsonSerializable(typeof(ProviderKeyDetails[]))]
[JsonSerializable(typeof(IReadOnlyList<ProviderKeyDetails>))]
[JsonSerializable(typeof(ProviderKeyRequest))]
[JsonSerializable(typeof(ProviderKeyCheck))]
[JsonSerializable(typeof(ProviderHealthDetails[]))]
[JsonSerializable(typeof(IReadOnlyList<ProviderHealthDetails>))]
[JsonSerializable(typeof(AccountSettingsDetails))]
[JsonSerializable(typeof(LogDetails[]))]
[JsonSerializable(typeof(IReadOnlyList<LogDetails>))]
[JsonSerializable(typeof(AuditDetails[]))]
[JsonSerializable(typeof(IReadOnlyList<AuditDetails>))]
[JsonSerializable(typeof(AuditStatus))]
[JsonSerializable(typeof(MemberDetails[]))]
[JsonSerializable(typeof(IReadOnlyList<MemberDetails>))]
[JsonSerializable(typeof(MemberRequest))]
[JsonSerializable(typeof(InvitationDetails[]))]
[JsonSerializable(typeof(IReadOnlyList<InvitationDetails>))]
[JsonSerializable(typeof(InvitationRequest))]
[JsonSerializable(typeof(AcceptInvitationRequest))]
[JsonSerializable(typeof(SessionDetails))]
[JsonSerializable(typeof(SessionSummary[]))]
[JsonSerializable(typeof(IReadOnlyList<SessionSummary>))]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(PasswordRequest))]
[JsonSerializable(typeof(TotpEnrolment))]
[JsonSerializable(typeof(TotpRequest))]
[JsonSerializable(typeof(RecoveryCodes))]
[JsonSerializable(typeof(PasskeyDetails[]))]
[JsonSerializable(typeof(IReadOnlyList<PasskeyDetails>))]
[JsonSerializable(typeof(PasskeyChallenge))]
[JsonSerializable(typeof(PasskeyRequest))]
[JsonSerializable(typeof(SignInWays))]
[JsonSerializable(typeof(PlaygroundRequest))]
[JsonSerializable(typeof(PlaygroundVerdict))]
public sealed partial class WireJson : JsonSerializerContext;
