using Siar.Storage.Journal;

namespace Siar.Storage.Redis;

/// <summary>How a log in Redis Streams is used. Read when the log is opened.</summary>
public sealed class RedisLogOptions : JournalOptions;
