using LockLLM.Contracts.Errors;
using LockLLM.Gateway.Errors;

namespace LockLLM.Gateway.Members;

internal static class MemberErrors
{
    /// <summary>One answer to everything, so that nobody learns which addresses there are.</summary>
    public static readonly Error NotSignedIn = new(
        ErrorCode.SignInFailed, "Address, password or code are not accepted. After several failures in a row a member is locked for a while; then try again later.");

    public static readonly Error PasskeyRefused = new(
        ErrorCode.SignInFailed, "This passkey is not accepted, or the sign-in was begun too long ago. Begin again; after several failures in a row a member is locked for a while.");

    public static readonly Error CodeRequired = new(ErrorCode.CodeRequired, "Send code as well: six digits of your authenticator app, or a recovery code.", "code");

    public static readonly Error WrongCode = new(ErrorCode.InvalidInput, "This code is not accepted. Send the one that the app shows now.", "code");

    public static readonly Error NotInvited = new(ErrorCode.Forbidden, "No member of this gateway, and not invited.");

    public static readonly Error NoPasswords = new(ErrorCode.Forbidden, "Only owners sign in with a password here. Use the identity provider, from the sign-in page.");

    public static readonly Error NoMember = new(ErrorCode.MemberNotFound, "No such member.");

    public static readonly Error NoInvitation = new(ErrorCode.InvitationNotFound, "No such invitation: it was used, withdrawn, or is too old. Ask for another.");

    public static readonly Error NoSession = new(ErrorCode.SessionNotFound, "No such session, or no longer.");

    public static readonly Error Duplicate = new(ErrorCode.DuplicateMember, "There is a member of this address.", "email");

    public static readonly Error LastOwner = new(ErrorCode.LastOwner, "An account keeps at least one owner. Make another member owner first.");

    public static readonly Error AboveOwnRole = new(ErrorCode.Forbidden, "Only an owner may make, change or remove owners.");
}
