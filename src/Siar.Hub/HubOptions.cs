using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Siar.Hub;

/// <summary>How a hub behaves. Read when the hub is made; what can be changed while it runs is taken over by a reload.</summary>
public sealed class HubOptions
{
    /// <summary>
    /// How long nothing may be written to a stream before a keep-alive. Proxies cut idle connections after 30 s to 4 min, some readers
    /// after 10 s. From 1 s to 1 h; default 15 s; an endpoint may have its own.
    /// </summary>
    [DurationRange(1, 3_600)]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a stream may live, so that load spreads again after a deploy and rights are checked anew. Each ends at a random moment of
    /// the last fifth of it. From 1 s; default 1 h; zero means no end.
    /// </summary>
    [DurationRange(0, 31_536_000)]
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a peer may leave what was written to it unread before its stream is cut. From 1 s to 1 h; default 30 s: Kestrel's own
    /// minimum rate does not protect a stream (every byte ever sent buys time).
    /// </summary>
    [DurationRange(1, 3_600)]
    public TimeSpan WriteDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// What readers are told to wait before they reconnect after a drain; each gets a random time between half of it and one and a half.
    /// From 0 to 1 h; default 2 s.
    /// </summary>
    [DurationRange(0, 3_600)]
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Memory for the newest frames, in bytes, every encoding counted. Readers within it cost the log nothing. From 1 MiB to 1 TiB;
    /// default 64 MiB.
    /// </summary>
    [Range(1L << 20, 1L << 40)]
    public long WindowBytes { get; set; } = 64L << 20;

    /// <summary>
    /// Bytes from which an event is compressed, for readers of server-sent events that accept gzip; it is compressed once for all of them. From 0 to
    /// 65,535; default 0: no stream is gzip. Who can see the length of an event that holds a secret beside text of his own choosing can
    /// guess the secret: leave it off there.
    /// </summary>
    [Range(0, 65_535)]
    public int GzipFrom { get; set; }

    /// <summary>
    /// Memory for pages of the log that readers further behind than the window share, in bytes. From 1 MiB to 1 TiB; default 16 MiB.
    /// </summary>
    [Range(1L << 20, 1L << 40)]
    public long PageBytes { get; set; } = 16L << 20;

    /// <summary>How many readings of the log run at once, from 1 to 64; default 2.</summary>
    [Range(1, 64)]
    public int LogReaders { get; set; } = 2;

    /// <summary>How many lanes serve subscribers, from 1 to 256; default: one for each core.</summary>
    [Range(1, 256)]
    public int Lanes { get; set; } = Environment.ProcessorCount;

    /// <summary>How much of what is published at once enters the log as one commit, in events, from 1 to 65,536; default 1,024.</summary>
    [Range(1, 65_536)]
    public int MaxBatch { get; set; } = 1_024;

    /// <summary>
    /// How many events may wait for the log before further publishers wait for a place, each event of a batch counted, from 1 to 1,048,576;
    /// default 16,384. A batch that is larger waits alone.
    /// </summary>
    [Range(1, 1_048_576)]
    public int PublishQueue { get; set; } = 16_384;

    /// <summary>The same in bytes of data and topics, from 1 KiB to 1 TiB; default 64 MiB.</summary>
    [Range(1L << 10, 1L << 40)]
    public long PublishQueueBytes { get; set; } = 64L << 20;

    /// <summary>
    /// How long a publish with an idempotency key is answered as it was the first time. From 1 s to 1 year; default 24 h.
    /// </summary>
    [DurationRange(1, 31_536_000)]
    public TimeSpan IdempotencyLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>What strangers may cost; see there.</summary>
    public LimitOptions Limits { get; } = new();

    /// <summary>How much the in-memory log keeps. Default: 100,000 events, 128 MiB, any age.</summary>
    public RetentionLimits Retention { get; set; } = new(100_000, null, 128L << 20);

    /// <summary>
    /// How much is kept of the events that the hub itself makes under its own topics, such as those that tell who is subscribed: they have a class
    /// of their own and push out nobody's. Default: 10,000 events, an hour, 16 MiB.
    /// </summary>
    public RetentionLimits ReservedRetention { get; set; } = new(10_000, TimeSpan.FromHours(1), 16L << 20);

    /// <summary>Sets of topics with limits of their own, by prefix. Default: none.</summary>
    public IList<RetentionClass> RetentionClasses { get; } = [];

    /// <summary>The class of <see cref="ReservedRetention"/>, one of <see cref="RetentionClasses"/>; null where nobody added it.</summary>
    internal RetentionClass? ReservedClass { get; private set; }

    /// <summary>How typed payloads become JSON where no source-generated type information is given. Default: camel case.</summary>
    public JsonSerializerOptions Json { get; set; } = new(JsonSerializerDefaults.Web);

    /// <summary>What the topics of subscriptions begin with, of which the hub tells who comes and goes; null where it tells nothing of that.</summary>
    internal string? PresencePrefix { get; set; }

    /// <summary>How events tell of subscriptions; null where the hub tells nothing of them to other hubs.</summary>
    internal PresenceForm? PresenceForm { get; set; }

    /// <summary>Takes over what a running hub can change. Of the retention, what the log makes of it is another matter: <see cref="IEventLog.TryChangeLimits"/>.</summary>
    internal void TakeOver(HubOptions newer)
    {
        KeepAlive = newer.KeepAlive;
        MaxLifetime = newer.MaxLifetime;
        ReconnectDelay = newer.ReconnectDelay;
        IdempotencyLifetime = newer.IdempotencyLifetime;
        Limits.TakeOver(newer.Limits);
    }

    /// <summary>Gives the hub's own topics their class. Called once, when everything else is set.</summary>
    /// <param name="prefix">What they begin with.</param>
    internal void AddReservedClass(string prefix)
    {
        if (RetentionClasses.Any(c => c.Prefix == prefix)) return;
        ReservedClass = new RetentionClass(prefix, ReservedRetention, PrivateOnly: true);
        RetentionClasses.Add(ReservedClass);
    }
}
