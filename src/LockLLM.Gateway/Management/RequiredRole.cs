using LockLLM.Gateway.Members;

namespace LockLLM.Gateway.Management;

/// <summary>The role that an endpoint asks for. An endpoint under <c>/api</c> without one is closed to everybody.</summary>
internal sealed record RequiredRole(Role Role);

/// <summary>An endpoint for signed-in members: an API key has no password and no sessions.</summary>
internal sealed record RequiredMember;

/// <summary>An endpoint that makes or changes secrets: a session must have given the password a short while ago.</summary>
internal sealed record RequiredConfirmation;
