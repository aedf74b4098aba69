namespace LockLLM.Gateway.Hosting;

/// <summary>Says which settings have no effect in this version, so that nobody relies on them.</summary>
internal static partial class UnusedSettings
{
    public static void WarnAboutUnused(this WebApplication app, IReadOnlyList<string> settings)
    {
        foreach (var setting in settings)
        {
            LogUnused(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(UnusedSettings)), setting);
        }
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "{Setting} has no effect in this version")]
    private static partial void LogUnused(ILogger logger, string setting);
}
