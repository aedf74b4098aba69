using System.ComponentModel.DataAnnotations;
using LockLLM.Gateway.Members;

namespace LockLLM.Gateway.Management;

/// <summary>The management API.</summary>
internal sealed class ManagementOptions
{
    /// <summary>What API keys without limits of their own may do under <c>/api/v1</c>.</summary>
    [EnumDataType(typeof(Role))]
    public Role ApiKeyRole { get; set; } = Role.Developer;

    /// <summary>Texts that one member may try out under <c>/api/v1/playground</c> in any 60 seconds.</summary>
    [Range(1, 100_000)]
    public int PlaygroundScansPerMinute { get; set; } = 60;
}
