using Microsoft.AspNetCore.Authentication;

namespace LockLLM.Gateway.Members.OpenIdConnect;

/// <summary>
/// The scheme that the framework asks who is signed in by its own means: nobody, ever. Without one it would ask the identity
/// provider's scheme, which asks this question itself.
/// </summary>
internal sealed class NobodySignedIn : IAuthenticationHandler
{
    public const string Scheme = "nobody";

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context) => Task.CompletedTask;

    public Task<AuthenticateResult> AuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());

    public Task ChallengeAsync(AuthenticationProperties? properties) => Task.CompletedTask;

    public Task ForbidAsync(AuthenticationProperties? properties) => Task.CompletedTask;
}
