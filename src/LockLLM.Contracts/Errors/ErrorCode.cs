namespace LockLLM.Contracts.Errors;

/// <summary>One row of the error table: what a client dispatches on.</summary>
/// <param name="Code">Value of <c>error.code</c>.</param>
/// <param name="Type">Value of <c>error.type</c>; official clients choose their exception by type and code together.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Retryable">Whether the same request may succeed later. A verdict never is.</param>
public sealed record ErrorCode(string Code, string Type, int Status, bool Retryable = false)
{
    private const string Request = "invalid_request_error";
    private const string Config = "lockllm_config_error";
    private const string Upstream = "upstream_error";
    private const string Missing = "not_found";
    private const string Validation = "validation_error";

    /// <summary>The text is an attack and the caller asked to block it.</summary>
    public static readonly ErrorCode PromptInjectionDetected = new("prompt_injection_detected", "lockllm_security_error", 400);

    /// <summary>The request holds content that cannot be scanned, and the account lets none through.</summary>
    public static readonly ErrorCode ContentNotScannable = new("content_not_scannable", "lockllm_security_error", 400);

    /// <summary>No key, or one that is not accepted; the answer does not say which.</summary>
    public static readonly ErrorCode Unauthorized = new("unauthorized", "authentication_error", 401);

    /// <summary>A control header or body field has a value that is not in its list.</summary>
    public static readonly ErrorCode InvalidParameter = new("invalid_parameter", Request, 400);

    /// <summary>A control asks for something this version does not do; it is refused rather than ignored.</summary>
    public static readonly ErrorCode FeatureUnavailable = new("feature_unavailable", Request, 400);

    /// <summary>The body names no text.</summary>
    public static readonly ErrorCode MissingInput = new("missing_input", Request, 400);

    /// <summary>The body is not a JSON object in UTF-8.</summary>
    public static readonly ErrorCode InvalidJson = new("invalid_json", Request, 400);

    /// <summary>The HTTP request itself is broken.</summary>
    public static readonly ErrorCode InvalidRequest = new("invalid_request", Request, 400);

    /// <summary>No such path.</summary>
    public static readonly ErrorCode NotFound = new("not_found", Request, 404);

    /// <summary>The path exists for other methods, named in <c>Allow</c>.</summary>
    public static readonly ErrorCode MethodNotAllowed = new("method_not_allowed", Request, 405);

    /// <summary>No provider of that name under <c>/v1/proxy</c>.</summary>
    public static readonly ErrorCode ProviderNotFound = new("provider_not_found", Request, 404);

    /// <summary>No key is stored for the provider.</summary>
    public static readonly ErrorCode NoUpstreamKey = new("no_upstream_key", Config, 400);

    /// <summary>The stored provider key cannot be used as it is: an endpoint is missing, or the credential is malformed.</summary>
    public static readonly ErrorCode ProviderMisconfigured = new("provider_misconfigured", Config, 400);

    /// <summary>The provider does not accept the stored key. Status and cause are the provider's; the caller's own key is fine.</summary>
    public static readonly ErrorCode ProviderKeyRejected = new("provider_key_rejected", Upstream, 401);

    /// <summary>The provider could not be reached, or broke off.</summary>
    public static readonly ErrorCode ProviderError = new("provider_error", Upstream, 502, Retryable: true);

    /// <summary>The provider failed so often that it is given a pause.</summary>
    public static readonly ErrorCode ProviderUnavailable = new("provider_unavailable", Upstream, 503, Retryable: true);

    /// <summary>The provider did not answer in time.</summary>
    public static readonly ErrorCode ProviderTimeout = new("provider_timeout", Upstream, 504, Retryable: true);

    /// <summary>The body arrived too slowly.</summary>
    public static readonly ErrorCode RequestTimeout = new("request_timeout", Request, 408, Retryable: true);

    /// <summary>More than 100,000 characters; the error tells how many.</summary>
    public static readonly ErrorCode InputTooLong = new("input_too_long", Request, 413);

    /// <summary>The body has more bytes than the gateway reads.</summary>
    public static readonly ErrorCode RequestTooLarge = new("request_too_large", Request, 413);

    /// <summary>The body is not declared as JSON in UTF-8.</summary>
    public static readonly ErrorCode UnsupportedMediaType = new("unsupported_media_type", Request, 415);

    /// <summary>The request headers are too long together.</summary>
    public static readonly ErrorCode HeadersTooLarge = new("headers_too_large", Request, 431);

    /// <summary>More requests than the account or the key may make in 60 seconds; the answer says how long to wait.</summary>
    public static readonly ErrorCode RateLimited = new("rate_limited", "rate_limit_error", 429, Retryable: true);

    /// <summary>A fault of the gateway, logged under the request id.</summary>
    public static readonly ErrorCode InternalError = new("internal_error", "api_error", 500, Retryable: true);

    /// <summary>The detector cannot give a verdict; nothing was let through.</summary>
    public static readonly ErrorCode ScanUnavailable = new("scan_unavailable", "api_error", 503, Retryable: true);

    /// <summary>Something the gateway needs, such as its database, does not answer at the moment.</summary>
    public static readonly ErrorCode ServiceUnavailable = new("service_unavailable", "api_error", 503, Retryable: true);

    /// <summary>The key may not be used with this provider.</summary>
    public static readonly ErrorCode ProviderNotAllowed = new("provider_not_allowed", "permission_error", 403);

    /// <summary>Management: the caller's role does not suffice.</summary>
    public static readonly ErrorCode Forbidden = new("forbidden", "permission_error", 403);

    /// <summary>Management: a session needs its own token, from a page of the gateway.</summary>
    public static readonly ErrorCode CsrfFailed = new("csrf_failed", "permission_error", 403);

    /// <summary>Management: the password has to be given again before secrets are made or changed.</summary>
    public static readonly ErrorCode ConfirmationRequired = new("confirmation_required", "permission_error", 403);

    /// <summary>Management: address, password or code are not accepted, or the member is locked; the answer does not say which.</summary>
    public static readonly ErrorCode SignInFailed = new("sign_in_failed", "authentication_error", 401);

    /// <summary>Management: the password is right and the second factor is missing.</summary>
    public static readonly ErrorCode CodeRequired = new("code_required", "authentication_error", 401);

    /// <summary>Management: no such member in this account.</summary>
    public static readonly ErrorCode MemberNotFound = new("member_not_found", Missing, 404);

    /// <summary>Management: no such invitation, or no longer.</summary>
    public static readonly ErrorCode InvitationNotFound = new("invitation_not_found", Missing, 404);

    /// <summary>Management: no such session of this member.</summary>
    public static readonly ErrorCode SessionNotFound = new("session_not_found", Missing, 404);

    /// <summary>Management: no such passkey of this member.</summary>
    public static readonly ErrorCode PasskeyNotFound = new("passkey_not_found", Missing, 404);

    /// <summary>Management: a member keeps at least one way to sign in.</summary>
    public static readonly ErrorCode LastCredential = new("last_credential", "conflict", 409);

    /// <summary>Management: somebody of that address is a member.</summary>
    public static readonly ErrorCode DuplicateMember = new("duplicate_member", "conflict", 409);

    /// <summary>Management: an account keeps at least one owner.</summary>
    public static readonly ErrorCode LastOwner = new("last_owner", "conflict", 409);

    /// <summary>Management: it is on already.</summary>
    public static readonly ErrorCode AlreadyEnabled = new("already_enabled", "conflict", 409);

    /// <summary>Management: no such account.</summary>
    public static readonly ErrorCode AccountNotFound = new("account_not_found", Missing, 404);

    /// <summary>Management: no such key in this account.</summary>
    public static readonly ErrorCode KeyNotFound = new("key_not_found", Missing, 404);

    /// <summary>Management: no such request record in this account.</summary>
    public static readonly ErrorCode LogNotFound = new("log_not_found", Missing, 404);

    /// <summary>Management: a key of that provider and nickname exists.</summary>
    public static readonly ErrorCode DuplicateKey = new("duplicate_key", "conflict", 409);

    /// <summary>Management: the key is revoked, expired or replaced.</summary>
    public static readonly ErrorCode KeyNotActive = new("key_not_active", "conflict", 409);

    /// <summary>Management: a field that must be there is not.</summary>
    public static readonly ErrorCode MissingField = new("missing_field", Validation, 400);

    /// <summary>Management: a field has a value that cannot be used.</summary>
    public static readonly ErrorCode InvalidInput = new("invalid_input", Validation, 400);

    /// <summary>Management: a filter has a value that cannot be used, or is none.</summary>
    public static readonly ErrorCode InvalidQuery = new("invalid_query", Validation, 400);

    /// <summary>Management: no provider of that name.</summary>
    public static readonly ErrorCode InvalidProvider = new("invalid_provider", Validation, 400);

    /// <summary>The whole table.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        PromptInjectionDetected, ContentNotScannable, Unauthorized, InvalidParameter, FeatureUnavailable, MissingInput, InvalidJson, InvalidRequest,
        NotFound, MethodNotAllowed, RequestTimeout, InputTooLong, RequestTooLarge, UnsupportedMediaType, HeadersTooLarge, RateLimited,
        InternalError, ScanUnavailable,
        ServiceUnavailable, ProviderNotAllowed, Forbidden, CsrfFailed, ConfirmationRequired, SignInFailed, CodeRequired,
        AccountNotFound, MemberNotFound, InvitationNotFound, SessionNotFound, PasskeyNotFound, DuplicateMember, LastOwner, LastCredential, AlreadyEnabled, KeyNotFound, LogNotFound, DuplicateKey, KeyNotActive, MissingField, InvalidInput, InvalidQuery, InvalidProvider,
        ProviderNotFound, NoUpstreamKey, ProviderMisconfigured, ProviderKeyRejected, ProviderError, ProviderUnavailable, ProviderTimeout,
    ];
}
