using Siar.Hub;
using Siar.Storage.Journal;
using Siar.Storage.Journal.Copying;

namespace Siar.Storage.Redis;

/// <summary>
/// A log in Redis Streams that many hubs share. It is as safe as that Redis: what was acknowledged may be lost in a fail-over, and up to a second of it with the
/// machine's power unless <c>appendfsync</c> is <c>always</c>. What is lost is told: each fail-over and each restart ends the epoch.
/// </summary>
public sealed class RedisLog : JournalLog
{
    private RedisLog(RedisJournal journal, RedisLogOptions options, RetentionPlan plan, TimeProvider time)
        : base(journal, options, plan, time)
    {
    }

    /// <summary>Opens a log, and comes up to where it is.</summary>
    /// <param name="connection">The connection as StackExchange.Redis writes it, such as <c>redis1:6379,redis2:6379,user=hub,password=…,ssl=true</c>.</param>
    /// <param name="options">How it is used.</param>
    /// <param name="plan">How much is to be kept: for a log that is new, or where <see cref="JournalOptions.AdoptRetention"/> says so.</param>
    /// <param name="time">The clock of this hub, for pauses; events get their times from the engine's.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="FormatException">The connection cannot be read.</exception>
    /// <exception cref="LogUnavailableException">The server cannot be reached, or is not fit for a log; the message says what to do.</exception>
    public static async Task<RedisLog> OpenAsync(string connection, RedisLogOptions options, RetentionPlan plan, TimeProvider time, CancellationToken cancellationToken = default)
    {
        var log = new RedisLog(await RedisJournal.OpenAsync(connection, options, time, cancellationToken), options, plan, time);
        try
        {
            await log.OpenAsync(cancellationToken);
            return log;
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a log of an image. It begins a new epoch behind the image's head.</summary>
    /// <param name="image">The image.</param>
    /// <param name="connection">The connection as StackExchange.Redis writes it.</param>
    /// <param name="options">How it is used: among it the log's name, which has nothing yet.</param>
    /// <param name="plan">By which it is trimmed.</param>
    /// <param name="cancellationToken">Ends the writing; what was written then is no log yet, and to be let go of.</param>
    /// <exception cref="FormatException">The connection cannot be read.</exception>
    /// <exception cref="LogUnavailableException">There is such a log, or the engine cannot be reached; the message says what to do.</exception>
    public static async Task WriteImageAsync(ILogImage image, string connection, RedisLogOptions options, RetentionPlan plan, CancellationToken cancellationToken = default)
    {
        await using var journal = await RedisJournal.OpenAsync(connection, options, TimeProvider.System, cancellationToken);
        await new ImageJournal(journal, TimeProvider.System).WriteAsync(image, plan, cancellationToken);
    }
}
