using LockLLM.Gateway.Members;

namespace LockLLM.Gateway.Management;

/// <summary>The role that an endpoint asks for. An endpoint under <c>/api</c> without one is closed to everybody.</summary>
internal sealed record RequiredRole(Role Role);
