using System.ComponentModel.DataAnnotations;
using Siar.Hub;

namespace Siar.Storage.Postgres;

/// <summary>How a log in PostgreSQL is used. Read when the log is opened.</summary>
public sealed class PostgresLogOptions
{
    /// <summary>
    /// Which log it is: one database may hold several, each with hubs of its own. From 1 to 50 characters of a to z, 0 to 9 and <c>_</c>. Default:
    /// <c>siar</c>.
    /// </summary>
    [RegularExpression("^[a-z0-9_]{1,50}$")]
    public string Log { get; set; } = "siar";

    /// <summary>
    /// Whether the hub makes the tables in a database that has none, and the log where there is none of its name. Default: true. Where it may not, the
    /// start is stopped with a sentence.
    /// </summary>
    public bool Prepare { get; set; } = true;

    /// <summary>
    /// Whether the hub's own retention settings take the place of those by which the log is trimmed. Default: false, the log keeps what stands in it, and
    /// all hubs trim alike; a hub whose settings differ says so.
    /// </summary>
    public bool AdoptRetention { get; set; }

    /// <summary>How long a server may take to answer before the connection is given up, in whole seconds. From 1; default 10 s.</summary>
    [DurationRange(1, 600)]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the hub looks for what applications have published in their own transactions. From 1 ms; default 20 ms.</summary>
    [DurationRange(0.001, 60)]
    public TimeSpan OutboxInterval { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Events that one page may look at, where it looks for topics among all. Default: 8,192.</summary>
    internal int MaxScanned { get; set; } = 8_192;

    /// <summary>Topics that one page may try its patterns on. Default: 20,000.</summary>
    internal int MaxTopicsTried { get; set; } = 20_000;

    /// <summary>Events that one step of trimming looks at. Default: 1,000.</summary>
    internal int TrimmedAtOnce { get; set; } = 1_000;

    /// <summary>Events of the outbox that one commit moves. Default: 1,000.</summary>
    internal int MovedAtOnce { get; set; } = 1_000;

    /// <summary>The clock by which events get their times and ages; null for the server's own, which all hubs share. For tests.</summary>
    internal TimeProvider? Clock { get; set; }
}
