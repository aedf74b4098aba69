using StackExchange.Redis;

namespace LockLLM.Gateway.Coordination.Redis;

/// <summary>The connection string in the client library's own form. Apart from the options, so that the library is not loaded where none is set.</summary>
internal static class RedisConfiguration
{
    public static bool IsReadable(string connectionString)
    {
        try
        {
            return ConfigurationOptions.Parse(connectionString).EndPoints.Count > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public static ConfigurationOptions Parse(string connectionString)
    {
        var configuration = ConfigurationOptions.Parse(connectionString);
        // A server that is away must neither stop the start nor make requests wait in a line of their own.
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.ReconnectRetryPolicy = new LinearRetry(1000);
        configuration.ClientName ??= "lockllm";
        return configuration;
    }
}
