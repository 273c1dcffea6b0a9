using System.ComponentModel.DataAnnotations;
using Siar.Hub;
using Siar.Storage.Sqlite;

namespace Siar.Storage.Journal;

/// <summary>How a log in an engine's stream is used. Read when the log is opened.</summary>
public abstract class JournalOptions
{
    /// <summary>
    /// Which log it is: one engine may hold several, each with hubs of its own. From 1 to 50 characters of a to z, 0 to 9 and <c>_</c>. Default:
    /// <c>siar</c>.
    /// </summary>
    [RegularExpression("^[a-z0-9_]{1,50}$")]
    public string Log { get; set; } = "siar";

    /// <summary>Whether the hub makes the log where there is none of its name. Default: true. Where it may not, the start is stopped with a sentence.</summary>
    public bool Prepare { get; set; } = true;

    /// <summary>
    /// Whether the hub's own retention settings take the place of those by which the log is trimmed. Default: false, the log keeps what stands in it, and
    /// all hubs trim alike; a hub whose settings differ says so.
    /// </summary>
    public bool AdoptRetention { get; set; }

    /// <summary>How long a publish waits for an engine that does not answer, before its outcome is told as unknown, in seconds. From 1; default 10 s.</summary>
    [DurationRange(1, 600)]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The file in which this hub keeps its index of the log. It may be deleted while the hub is not running: it is made again from the engine, which takes a
    /// while where the log is long. No two hubs may have the same. Default: null, a temporary file that goes with the hub.
    /// </summary>
    public string? IndexPath { get; set; }

    /// <summary>How large the stream grows before a copy of the index is put beside it and its beginning is let go; but no less than the index itself. Default: 64 MiB.</summary>
    internal long SnapshotBytes { get; set; } = 64 << 20;

    /// <summary>Messages behind the newest that are kept when the beginning is let go, for hubs that are a little behind. Default: 1,000.</summary>
    internal int KeptMessages { get; set; } = 1_000;

    /// <summary>The clock by which events get their times and ages; null for the engine's own, which all hubs share. For tests.</summary>
    internal TimeProvider? Clock { get; set; }

    /// <summary>Changes how the index behaves. For tests.</summary>
    internal Action<SqliteLogOptions>? ConfigureIndex { get; set; }
}
