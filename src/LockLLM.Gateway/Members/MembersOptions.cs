using System.ComponentModel.DataAnnotations;

namespace LockLLM.Gateway.Members;

/// <summary>People who sign in.</summary>
internal sealed class MembersOptions
{
    /// <summary>A session that nobody used for so long is over.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "24:00:00")]
    public TimeSpan SessionIdle { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>A session is over after so long, used or not.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "30.00:00:00")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How long after giving the password secrets may be made and changed.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00")]
    public TimeSpan ConfirmationLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Wrong passwords or codes in a row before a member is locked.</summary>
    [Range(1, 100)]
    public int MaxFailedSignIns { get; set; } = 5;

    /// <summary>How long a member is locked then.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "24:00:00")]
    public TimeSpan Lockout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Attempts to sign in or to accept an invitation from one address in any minute.</summary>
    [Range(1, 10000)]
    public int SignInsPerMinute { get; set; } = 20;

    /// <summary>How long an invitation can be accepted.</summary>
    [Range(typeof(TimeSpan), "00:10:00", "30.00:00:00")]
    public TimeSpan InvitationLifetime { get; set; } = TimeSpan.FromDays(3);
}
