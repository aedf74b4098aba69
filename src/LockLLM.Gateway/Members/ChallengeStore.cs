using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;
using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Members;

/// <summary>What a challenge is good for.</summary>
internal static class ChallengePurpose
{
    public const string AddPasskey = "add passkey";
    public const string UsePasskey = "use passkey";
    public const string OpenIdConnect = "open id connect";
}

/// <summary>Challenges of sign-ins under way. In the database, so that another node can finish what one began, and each is good once.</summary>
internal sealed class ChallengeStore(GatewayDatabase database, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private static readonly Error s_none = new(ErrorCode.InvalidInput, "This was begun too long ago, or finished already. Begin again.", "id");

    /// <summary>Gives the token that takes it.</summary>
    public async Task<string> AddAsync(string purpose, string? memberId, string state, CancellationToken cancellationToken)
    {
        var token = Secrets.NewToken();
        await database.ChangeAsync<bool>(
            async (context, ct) =>
            {
                var now = clock.GetUtcNow();
                await context.SignInChallenges.Where(row => row.ExpiresAt <= now).ExecuteDeleteAsync(ct);
                context.SignInChallenges.Add(new SignInChallenge { Id = IdOf(token), Purpose = purpose, MemberId = memberId, State = state, ExpiresAt = now + Lifetime });
                return true;
            },
            cancellationToken);
        return token;
    }

    /// <summary>What was to be remembered, once.</summary>
    public Task<Outcome<string>> TakeAsync(string purpose, string? memberId, string token, CancellationToken cancellationToken) => database.ChangeAsync<string>(
        async (context, ct) =>
        {
            var (id, now) = (IdOf(token), clock.GetUtcNow());
            var known = context.SignInChallenges.Where(row => row.Id == id && row.Purpose == purpose && row.MemberId == memberId && row.ExpiresAt > now);
            // Whoever deletes it has it.
            return await known.Select(static row => row.State).FirstOrDefaultAsync(ct) is { } state && await known.ExecuteDeleteAsync(ct) == 1 ? state : s_none;
        },
        cancellationToken);

    private static string IdOf(string token) => Convert.ToHexStringLower(Secrets.Hash("challenge", token));
}
