namespace Siar.AspNetCore;

/// <summary>The fixed words by which refusals are counted.</summary>
internal static class RefusalReason
{
    public const string BodyBytes = "body_bytes";
    public const string BodyBytesPerAddress = "body_bytes_per_address";
    public const string BodyTimeout = "body_timeout";
    public const string Closed = "closed";
    public const string ConditionFailed = "condition_failed";
    public const string Connections = "connections";
    public const string ConnectionsPerAddress = "connections_per_address";
    public const string ConnectionsPerToken = "connections_per_token";
    public const string Draining = "draining";
    public const string Forbidden = "forbidden";
    public const string Host = "host";
    public const string Invalid = "invalid";
    public const string KeyReused = "key_reused";
    public const string LogFull = "log_full";
    public const string LogUnavailable = "log_unavailable";
    public const string NotAcceptable = "not_acceptable";
    public const string Origin = "origin";
    public const string Patterns = "patterns";
    public const string PublishRate = "publish_rate";
    public const string Stopped = "stopped";
    public const string TooLarge = "too_large";
    public const string Unauthenticated = "unauthenticated";
    public const string UnsupportedMediaType = "unsupported_media_type";
}
