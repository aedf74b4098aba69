using LockLLM.Gateway.Storage;
using LockLLM.Gateway.Storage.Entities;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace LockLLM.Gateway.Members;

/// <summary>Members and their passkeys as the framework's WebAuthn code asks for them. It only reads; <see cref="PasskeyStore"/> writes.</summary>
internal sealed class PasskeyUserStore(GatewayDatabase database) : IUserPasskeyStore<MemberInfo>
{
    public Task<string> GetUserIdAsync(MemberInfo user, CancellationToken cancellationToken) => Task.FromResult(user.Id);

    public Task<string?> GetUserNameAsync(MemberInfo user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    public Task<string?> GetNormalizedUserNameAsync(MemberInfo user, CancellationToken cancellationToken) => GetUserNameAsync(user, cancellationToken);

    // Callers choose the id; what is none of ours is not asked for.
    public async Task<MemberInfo?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        userId.All(static character => char.IsAsciiLetterOrDigit(character) || character == '_')
        && await database.ReadAsync((context, token) => context.Members.FirstOrDefaultAsync(row => row.Id == userId && row.IsEnabled, token), cancellationToken) is { } row
            ? MemberStore.InfoOf(row)
            : null;

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(MemberInfo user, CancellationToken cancellationToken) =>
        [.. (await database.ReadAsync((context, token) => context.Passkeys.Where(row => row.MemberId == user.Id).ToListAsync(token), cancellationToken)).Select(InfoOf)];

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(MemberInfo user, byte[] credentialId, CancellationToken cancellationToken) =>
        await database.ReadAsync((context, token) => context.Passkeys.FirstOrDefaultAsync(row => row.MemberId == user.Id && row.CredentialId == credentialId, token), cancellationToken) is { } row
            ? InfoOf(row)
            : null;

    public async Task<MemberInfo?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            (context, token) => context.Passkeys.Where(row => row.CredentialId == credentialId)
                .Join(context.Members, static row => row.MemberId, static member => member.Id, static (_, member) => member).FirstOrDefaultAsync(token),
            cancellationToken) is { } row
            ? MemberStore.InfoOf(row)
            : null;

    public Task SetUserNameAsync(MemberInfo user, string? userName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetNormalizedUserNameAsync(MemberInfo user, string? normalizedName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> CreateAsync(MemberInfo user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> UpdateAsync(MemberInfo user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> DeleteAsync(MemberInfo user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<MemberInfo?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task AddOrUpdatePasskeyAsync(MemberInfo user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RemovePasskeyAsync(MemberInfo user, byte[] credentialId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private static UserPasskeyInfo InfoOf(Passkey row) => new(
        row.CredentialId, row.PublicKey, row.CreatedAt, (uint)row.SignCount, row.Transports?.Split(' '), row.IsUserVerified, row.IsBackupEligible, row.IsBackedUp, [], []);
}
