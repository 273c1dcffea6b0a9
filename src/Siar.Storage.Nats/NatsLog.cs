using Siar.Hub;
using Siar.Storage.Journal;
using Siar.Storage.Journal.Copying;

namespace Siar.Storage.Nats;

/// <summary>
/// A log in NATS JetStream that many hubs share. An acknowledged batch is one message, taken by the stream's leader and, where the stream has replicas, by a
/// majority of them.
/// </summary>
public sealed class NatsLog : JournalLog
{
    private NatsLog(NatsJournal journal, NatsLogOptions options, RetentionPlan plan, TimeProvider time)
        : base(journal, options, plan, time)
    {
    }

    /// <summary>Opens a log, and comes up to where it is.</summary>
    /// <param name="servers">The servers: URLs such as <c>nats://user:password@n1:4222</c>, with commas between; <c>tls://</c> for TLS.</param>
    /// <param name="options">How it is used.</param>
    /// <param name="plan">How much is to be kept: for a log that is new, or where <see cref="JournalOptions.AdoptRetention"/> says so.</param>
    /// <param name="time">The clock of this hub, for pauses; events get their times from the engine's.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="FormatException">The servers cannot be read.</exception>
    /// <exception cref="LogUnavailableException">No server can be reached, or the streams are not fit for a log; the message says what to do.</exception>
    public static async Task<NatsLog> OpenAsync(string servers, NatsLogOptions options, RetentionPlan plan, TimeProvider time, CancellationToken cancellationToken = default)
    {
        var log = new NatsLog(await NatsJournal.OpenAsync(servers, options, time, cancellationToken), options, plan, time);
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
    /// <param name="servers">The servers: URLs such as <c>nats://user:password@n1:4222</c>, with commas between; <c>tls://</c> for TLS.</param>
    /// <param name="options">How it is used: among it the log's name, which has nothing yet.</param>
    /// <param name="plan">By which it is trimmed.</param>
    /// <param name="cancellationToken">Ends the writing; what was written then is no log yet, and to be let go of.</param>
    /// <exception cref="FormatException">The servers cannot be read.</exception>
    /// <exception cref="LogUnavailableException">There is such a log, or the engine cannot be reached; the message says what to do.</exception>
    public static async Task WriteImageAsync(ILogImage image, string servers, NatsLogOptions options, RetentionPlan plan, CancellationToken cancellationToken = default)
    {
        await using var journal = await NatsJournal.OpenAsync(servers, options, TimeProvider.System, cancellationToken);
        await new ImageJournal(journal, TimeProvider.System).WriteAsync(image, plan, cancellationToken);
    }
}
