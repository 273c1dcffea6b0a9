namespace Siar.Storage.Redis;

/// <summary>What has to be one step in Redis. The log's keys have one hash tag, so that a cluster keeps them together.</summary>
internal static class RedisScripts
{
    // Another server, or another life of it, has another replication id: it may not have all that was acknowledged.
    private const string Life = """
        local life = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
        local known = redis.call('HGET', KEYS[2], 'life')
        local last = tonumber(redis.call('HGET', KEYS[2], 'last') or '0')

        """;

    /// <summary>
    /// Appends a message (ARGV[2]) if the last is the expected one (ARGV[1]), and, unless the message begins an epoch (ARGV[3]), if the server is that which
    /// the last was written by; then wakes hubs (ARGV[4]). Gives whether it was appended, and the last. The stream has the same last: both are written in one step.
    /// </summary>
    public const string Append = Life + """
        if last ~= tonumber(ARGV[1]) then return {0, last} end
        if known and known ~= life and ARGV[3] ~= '1' then return {2, last} end
        local now = redis.call('TIME')
        redis.call('XADD', KEYS[1], (last + 1) .. '-0', 'm', ARGV[2], 't', now[1] * 1000 + math.floor(now[2] / 1000))
        redis.call('HSET', KEYS[2], 'last', last + 1, 'life', life)
        redis.call('PUBLISH', ARGV[4], last + 1)
        return {1, last + 1}
        """;

    /// <summary>Gives what the server says of itself.</summary>
    public const string Info = "return redis.call('INFO')";

    /// <summary>Leaves the sign (ARGV[2]) of a hub (ARGV[1]), and gives those of all.</summary>
    public const string Sign = """
        redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        return redis.call('HVALS', KEYS[1])
        """;

    /// <summary>Gives the first message's number, the last's, the stream's size, and whether the server is another than that which the last was written by.</summary>
    public const string State = Life + """
        local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)
        local size = redis.call('MEMORY', 'USAGE', KEYS[1], 'SAMPLES', 5) or 0
        return {first[1] and tonumber(string.match(first[1][1], '^%d+')) or last + 1, last, size, (known and known ~= life) and 1 or 0}
        """;
}
