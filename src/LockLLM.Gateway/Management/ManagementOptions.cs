using System.ComponentModel.DataAnnotations;
using LockLLM.Gateway.Members;

namespace LockLLM.Gateway.Management;

/// <summary>The management API.</summary>
internal sealed class ManagementOptions
{
    /// <summary>What API keys without limits of their own may do under <c>/api/v1</c>.</summary>
    [EnumDataType(typeof(Role))]
    public Role ApiKeyRole { get; set; } = Role.Developer;
}
