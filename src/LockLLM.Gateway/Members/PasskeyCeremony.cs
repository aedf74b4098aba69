using LockLLM.Gateway.Errors;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace LockLLM.Gateway.Members;

/// <summary>What a browser is asked, as JSON, and what has to be remembered until it answers.</summary>
internal sealed record PasskeyQuestion(string Options, string State);

/// <summary>
/// WebAuthn as the framework has it, told what this gateway asks for: a passkey that the authenticator finds by itself and
/// that has verified its user, so that it is two factors in one, for this origin and no page inside another.
/// </summary>
internal sealed class PasskeyCeremony : IDisposable
{
    private const int ChallengeBytes = 32;

    private readonly UserManager<MemberInfo> _members;
    private readonly PasskeyHandler<MemberInfo> _handler;

    public PasskeyCeremony(PasskeyUserStore store, SignInOptions options, ILogger<UserManager<MemberInfo>> logger)
    {
        // Passwords, tokens and names are not the framework's business here.
        _members = new UserManager<MemberInfo>(store, Options.Create(new IdentityOptions()), null!, [], [], null!, null!, null!, logger);
        _handler = new PasskeyHandler<MemberInfo>(_members, Options.Create(new IdentityPasskeyOptions
        {
            ServerDomain = options.PublicOrigin()?.Host,
            ChallengeSize = ChallengeBytes,
            AuthenticatorTimeout = ChallengeStore.Lifetime,
            UserVerificationRequirement = "required",
            ResidentKeyRequirement = "required",
            AttestationConveyancePreference = "none",
            ValidateOrigin = given => ValueTask.FromResult(!given.CrossOrigin && IsHere(given.Origin, options.PublicOrigin(), given.HttpContext.Request)),
        }));
    }

    public async Task<PasskeyQuestion> AskForNewAsync(MemberInfo member, HttpContext context)
    {
        var asked = await _handler.MakeCreationOptionsAsync(new PasskeyUserEntity { Id = member.Id, Name = member.Email, DisplayName = member.Name }, context);
        return new PasskeyQuestion(asked.CreationOptionsJson, asked.AttestationState!);
    }

    /// <summary>Null when the answer is not what was asked for.</summary>
    public async Task<UserPasskeyInfo?> AcceptNewAsync(string state, string credential, HttpContext context)
    {
        var given = await _handler.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = context, AttestationState = state, CredentialJson = credential });
        ThrowOnOutage(given.Failure);
        return given.Succeeded ? given.Passkey : null;
    }

    public async Task<PasskeyQuestion> AskAsync(HttpContext context)
    {
        var asked = await _handler.MakeRequestOptionsAsync(null, context);
        return new PasskeyQuestion(asked.RequestOptionsJson, asked.AssertionState!);
    }

    /// <summary>Whose it is and how it is now; null when the answer is not what was asked for.</summary>
    public async Task<(string MemberId, UserPasskeyInfo Passkey)?> AcceptAsync(string state, string credential, HttpContext context)
    {
        var given = await _handler.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = context, AssertionState = state, CredentialJson = credential });
        ThrowOnOutage(given.Failure);
        return given.Succeeded ? (given.User.Id, given.Passkey) : null;
    }

    public void Dispose() => _members.Dispose();

    private static bool IsHere(string origin, Uri? address, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var given)
        && (address ?? (Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var asked) ? asked : null)) is { } here
        && Uri.Compare(given, here, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;

    // The framework takes any fault for a wrong answer.
    private static void ThrowOnOutage(PasskeyException? failure)
    {
        if (failure?.InnerException is DatabaseUnavailableException outage)
        {
            throw new DatabaseUnavailableException(outage);
        }
    }
}
