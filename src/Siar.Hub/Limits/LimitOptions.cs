using System.ComponentModel.DataAnnotations;

namespace Siar.Hub;

/// <summary>
/// What strangers may cost. Every limit has a number, and a reason. A limit that is lowered while the hub runs ends no stream: it holds for what comes.
/// </summary>
public sealed class LimitOptions
{
    /// <summary>What <see cref="Connections"/> is where nobody says it.</summary>
    internal const int DefaultConnections = 100_000;

    /// <summary>Streams open at once in this process: each holds a descriptor and memory. From 1; default 100,000.</summary>
    [Range(1, int.MaxValue)]
    public int Connections { get; set; } = DefaultConnections;

    /// <summary>
    /// Streams open at once from one client address, so that one client cannot take all places; many people may share an address.
    /// From 1; default 1,000.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int ConnectionsPerAddress { get; set; } = 1_000;

    /// <summary>
    /// Connections open at once in this process, whatever goes over them: streams, requests, or nothing. One more is closed as soon as it is accepted. From 1;
    /// default 0, which means twice <see cref="Connections"/>, and at least 1,000. On Linux the process's limit of descriptors holds besides, less a reserve for the process
    /// itself. Holds where the hub's transport listens (<c>UseSockets</c>, and <c>siar serve</c>).
    /// </summary>
    [Range(0, int.MaxValue)]
    public int OpenConnections { get; set; }

    /// <summary>
    /// The same for the connections of one client address. Not for those of trusted proxies and of Unix sockets, whose clients are others. From 1; default 0, which
    /// means twice <see cref="ConnectionsPerAddress"/>, and at least 1,000, but no more than half of the connections for which the process has descriptors.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int OpenConnectionsPerAddress { get; set; }

    /// <summary>
    /// How long a connection may say nothing after it was made; it is closed then. One that has said something, and is kept open for the next request, is not
    /// meant. From 1 s to 1 h; default 10 s.
    /// </summary>
    [DurationRange(1, 3_600)]
    public TimeSpan FirstByteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Streams open at once with one token: a leaked token cannot take all places. From 1; default 1,000.</summary>
    [Range(1, int.MaxValue)]
    public int ConnectionsPerToken { get; set; } = 1_000;

    /// <summary>Events published in a second with one token, bursts up to twice as many: a loop in a publisher must not fill the log. Default 10,000.</summary>
    [Range(1, int.MaxValue)]
    public int PublishesPerToken { get; set; } = 10_000;

    /// <summary>Events published in a second from one client address, bursts up to twice as many. Default 10,000.</summary>
    [Range(1, int.MaxValue)]
    public int PublishesPerAddress { get; set; } = 10_000;

    /// <summary>
    /// Events about comings and goings of subscribers of the Mercure path that are told in a second for one client address, bursts up to twice as
    /// many; an event larger than 1 KiB counts once for each. What is over the rate is told later. From 1; default 500.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int PresenceEventsPerAddress { get; set; } = 500;

    /// <summary>The same for one token. From 1; default 500.</summary>
    [Range(1, int.MaxValue)]
    public int PresenceEventsPerToken { get; set; } = 500;

    /// <summary>
    /// Events about comings and goings that may wait to be told. Where more would wait, all are dropped, and those who listen are told a gap. From
    /// 1; default 20,000.
    /// </summary>
    [Range(1, 10_000_000)]
    public int PresenceEvents { get; set; } = 20_000;

    /// <summary>The same in bytes of data and topics. From 1 KiB; default 16 MiB.</summary>
    [Range(1 << 10, 1 << 30)]
    public int PresenceBytes { get; set; } = 16 << 20;

    /// <summary>Topics of one event, and matchers of one subscription: each is looked up in the index. From 1; default 1,000.</summary>
    [Range(1, 100_000)]
    public int TopicsPerRequest { get; set; } = 1_000;

    /// <summary>Bytes of a topic: it is hashed and kept with each of its events. From 1; default 2,048.</summary>
    [Range(1, 1 << 20)]
    public int TopicBytes { get; set; } = 2_048;

    /// <summary>Bytes of a pattern: its matcher is built on behalf of a stranger. From 1; default 4,096.</summary>
    [Range(1, 65_536)]
    public int PatternBytes { get; set; } = 4_096;

    /// <summary>Distinct patterns of one subscription: each is tried against each new topic. From 0; default 100.</summary>
    [Range(0, 100_000)]
    public int PatternsPerConnection { get; set; } = 100;

    /// <summary>Distinct patterns in the whole hub at once. From 0; default 10,000.</summary>
    [Range(0, 10_000_000)]
    public int Patterns { get; set; } = 10_000;

    /// <summary>Bytes of a publisher's event id: each reader sends it back in a header. From 1; default 512.</summary>
    [Range(1, 8_192)]
    public int IdBytes { get; set; } = 512;

    /// <summary>Bytes of an event's type. From 1; default 256.</summary>
    [Range(1, 8_192)]
    public int TypeBytes { get; set; } = 256;

    /// <summary>
    /// Subscriptions in one answer of <c>…/subscriptions</c>; a link in its head leads to the next ones. Those of one connection are never parted. From 1; default 10,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int SubscriptionsListed { get; set; } = 10_000;

    /// <summary>How many newest events of each topic a reader may ask for. From 1; default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int LastEvents { get; set; } = 1_000;

    /// <summary>Bytes of a publish's idempotency key: it is kept with the log. From 1; default 256.</summary>
    [Range(1, 8_192)]
    public int IdempotencyKeyBytes { get; set; } = 256;

    /// <summary>
    /// Idempotency keys that the log knows at once, some 200 bytes each; beyond it the oldest are forgotten before their time. From 1;
    /// default 1,000,000.
    /// </summary>
    [Range(1, 1_000_000_000)]
    public int IdempotencyKeys { get; set; } = 1_000_000;

    /// <summary>
    /// Closed topics that the log knows at once, some 200 bytes each in memory; beyond it the oldest closings are forgotten, and their
    /// topics open as if they had never been. From 1; default 100,000.
    /// </summary>
    [Range(1, 100_000_000)]
    public int ClosedTopics { get; set; } = 100_000;

    /// <summary>
    /// Topics of each retention class of which the log knows up to where they were trimmed, so that a reader of a quiet topic is told no gap that is
    /// none; some 150 bytes each in memory, and twice its characters. At most 128 times as many characters are held. Beyond it the lowest are
    /// forgotten, and a reader of theirs may be told a gap in vain. From 0; default 100,000.
    /// </summary>
    [Range(0, 100_000_000)]
    public int TrimmedTopics { get; set; } = 100_000;

    /// <summary>Bytes of an event's data: it is held in memory and written whole. From 1; default 1 MiB.</summary>
    [Range(1, 64 << 20)]
    public int EventBytes { get; set; } = 1 << 20;

    /// <summary>Bytes of one publish request, the whole batch included. From 1; default 8 MiB.</summary>
    [Range(1, 1 << 30)]
    public int RequestBytes { get; set; } = 8 << 20;

    /// <summary>
    /// Bytes of publishers' requests that are held at once in this process, until each is answered; one more is refused with 503. Never less than one request of
    /// <see cref="RequestBytes"/>. Readers' requests have a quarter of it besides. From 1; default 128 MiB.
    /// </summary>
    [Range(1, long.MaxValue)]
    public long BodyBytes { get; set; } = 128 << 20;

    /// <summary>The same for one client address, refused with 429. From 1; default 32 MiB.</summary>
    [Range(1, long.MaxValue)]
    public long BodyBytesPerAddress { get; set; } = 32 << 20;

    /// <summary>How long a request's body may take to come, from its beginning to its end. From 1 s to 1 h; default 1 minute.</summary>
    [DurationRange(1, 3_600)]
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Events of one batch: they are one commit. From 1; default 1,000.</summary>
    [Range(1, 100_000)]
    public int BatchEvents { get; set; } = 1_000;

    /// <summary>What <see cref="OpenConnections"/> means.</summary>
    internal int MostConnections => OpenConnections > 0 ? OpenConnections : TwiceOf(Connections);

    /// <summary>What <see cref="OpenConnectionsPerAddress"/> means.</summary>
    internal int MostConnectionsPerAddress => OpenConnectionsPerAddress > 0 ? OpenConnectionsPerAddress : TwiceOf(ConnectionsPerAddress);

    /// <summary>Takes over all that a running hub can change: it asks for each limit when it needs it. What the log was opened with stays.</summary>
    internal void TakeOver(LimitOptions newer)
    {
        Connections = newer.Connections;
        ConnectionsPerAddress = newer.ConnectionsPerAddress;
        OpenConnections = newer.OpenConnections;
        OpenConnectionsPerAddress = newer.OpenConnectionsPerAddress;
        FirstByteTimeout = newer.FirstByteTimeout;
        ConnectionsPerToken = newer.ConnectionsPerToken;
        PublishesPerToken = newer.PublishesPerToken;
        PublishesPerAddress = newer.PublishesPerAddress;
        PresenceEventsPerAddress = newer.PresenceEventsPerAddress;
        PresenceEventsPerToken = newer.PresenceEventsPerToken;
        PresenceEvents = newer.PresenceEvents;
        PresenceBytes = newer.PresenceBytes;
        TopicsPerRequest = newer.TopicsPerRequest;
        TopicBytes = newer.TopicBytes;
        PatternBytes = newer.PatternBytes;
        PatternsPerConnection = newer.PatternsPerConnection;
        Patterns = newer.Patterns;
        IdBytes = newer.IdBytes;
        TypeBytes = newer.TypeBytes;
        SubscriptionsListed = newer.SubscriptionsListed;
        LastEvents = newer.LastEvents;
        IdempotencyKeyBytes = newer.IdempotencyKeyBytes;
        EventBytes = newer.EventBytes;
        RequestBytes = newer.RequestBytes;
        BodyBytes = newer.BodyBytes;
        BodyBytesPerAddress = newer.BodyBytesPerAddress;
        BodyTimeout = newer.BodyTimeout;
        BatchEvents = newer.BatchEvents;
    }

    private static int TwiceOf(int streams) => (int)Math.Clamp(2L * streams, 1_000, int.MaxValue);
}
