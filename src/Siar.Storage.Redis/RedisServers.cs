using StackExchange.Redis;

namespace Siar.Storage.Redis;

/// <summary>How a connection to Redis is written, as StackExchange.Redis does; and how it is shown without its password.</summary>
public static class RedisServers
{
    private const string Hidden = "***";

    /// <summary>What is wrong with the way in which a connection is written, in a sentence that repeats nothing secret; null where nothing is.</summary>
    /// <param name="connection">Such as <c>redis1:6379,redis2:6379,user=hub,password=…,ssl=true</c>.</param>
    public static string? Check(string connection) => Parse(connection) is { EndPoints.Count: > 0 }
        ? null
        : "The connection to Redis cannot be read: write it as StackExchange.Redis does, such as 'redis1:6379,user=hub,ssl=true'.";

    /// <summary>The connection for a person to read: without its password.</summary>
    public static string Redact(string connection) => Parse(connection)?.ToString(includePassword: false) is { } shown
        ? shown.Replace("password=*****", $"password={Hidden}", StringComparison.Ordinal)
        : Hidden;

    /// <summary>The connection's settings; null where it cannot be read.</summary>
    internal static ConfigurationOptions? Parse(string connection)
    {
        try
        {
            return ConfigurationOptions.Parse(connection, ignoreUnknown: false);
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or OverflowException)
        {
            return null;
        }
    }
}
