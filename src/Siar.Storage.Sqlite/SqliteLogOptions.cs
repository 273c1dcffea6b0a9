using System.ComponentModel.DataAnnotations;
using Siar.Hub;
using Siar.Storage.Sqlite.Writing;

namespace Siar.Storage.Sqlite;

/// <summary>How a log in an SQLite file behaves. Read once, when it is opened.</summary>
public sealed class SqliteLogOptions
{
    /// <summary>What an acknowledged event survives. Default: loss of power.</summary>
    public SqliteDurability Durability { get; set; } = SqliteDurability.PowerLoss;

    /// <summary>How many reads of the file go on at once, from 1 to 64; default 4.</summary>
    [Range(1, 64)]
    public int Readers { get; set; } = 4;

    /// <summary>Memory that each connection may use for pages of the file, in bytes, from 64 KiB to 1 GiB; default 8 MiB.</summary>
    [Range(64 << 10, 1 << 30)]
    public int CacheBytes { get; set; } = 8 << 20;

    /// <summary>How large the write-ahead log grows before it is copied into the file, in bytes, from 64 KiB to 1 GiB; default 16 MiB.</summary>
    [Range(64 << 10, 1 << 30)]
    public int WriteAheadBytes { get; set; } = 16 << 20;

    /// <summary>
    /// Where the file mirrors a log that stands elsewhere: the epoch in which a new file begins. Epochs, times and decisions come from there. Null for a
    /// log of its own.
    /// </summary>
    internal Epoch? MirroredEpoch { get; set; }

    /// <summary>The name of the SQLite file system layer; null for the usual one. For tests that let it fail.</summary>
    internal string? FileSystem { get; set; }

    /// <summary>Called at each step of a transaction; null for nobody. For tests that let it fail there.</summary>
    internal Action<CommitStep>? OnStep { get; set; }

    /// <summary>Events looked at in vain before a page ends, so that no read takes long.</summary>
    internal int MaxScanned { get; set; } = 8_192;

    /// <summary>How many events are written into the index's tables at once.</summary>
    internal int IndexedAtOnce { get; set; } = 4_096;

    /// <summary>Topics tried against a pattern before a page ends.</summary>
    internal int MaxTopicsTried { get; set; } = 16_384;
}
