using LockLLM.Gateway.Storage;
using Microsoft.AspNetCore.DataProtection;

namespace LockLLM.Gateway.Members.OpenIdConnect;

/// <summary>
/// What a browser carries to the identity provider and back, sealed under the master key: whichever gateway it comes back
/// to can open it, and nothing has to be kept meanwhile.
/// </summary>
internal sealed class SealedProtection(SecretProtector protector) : IDataProtectionProvider
{
    public IDataProtector CreateProtector(string purpose) => new Purpose(protector, purpose);

    private sealed class Purpose(SecretProtector protector, string name) : IDataProtector
    {
        private readonly SecretPlace _place = new("browser", name, "installation", "state");

        public IDataProtector CreateProtector(string purpose) => new Purpose(protector, name + "/" + purpose);

        public byte[] Protect(byte[] plaintext) => System.Text.Encoding.ASCII.GetBytes(protector.Seal(plaintext, _place).Text);

        public byte[] Unprotect(byte[] protectedData) => protector.Open(new SealedSecret(System.Text.Encoding.ASCII.GetString(protectedData)), _place)
            ?? throw new System.Security.Cryptography.CryptographicException("This was not sealed here.");
    }
}
