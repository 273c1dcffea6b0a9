using System.Collections.Immutable;
using Siar.Hub;
using Siar.Topics;

namespace Siar.Storage.Sqlite;

/// <summary>What is in a log.</summary>
/// <param name="Path">Its file.</param>
/// <param name="FileBytes">The size of the file with its write-ahead log.</param>
/// <param name="SchemaVersion">The version of its tables.</param>
/// <param name="Head">The last position given.</param>
/// <param name="Events">How many events are kept.</param>
/// <param name="Bytes">The size of their data.</param>
/// <param name="Topics">How many topics they have.</param>
/// <param name="Oldest">The oldest event; null where there is none.</param>
/// <param name="Newest">The newest event; null where there is none.</param>
/// <param name="Epochs">The lives of the log, the present one last.</param>
/// <param name="Classes">The retention classes.</param>
/// <param name="Largest">The topics with the most events.</param>
public sealed record LogSummary(
    string Path,
    long FileBytes,
    int SchemaVersion,
    long Head,
    long Events,
    long Bytes,
    long Topics,
    EventSummary? Oldest,
    EventSummary? Newest,
    ImmutableArray<EpochSummary> Epochs,
    ImmutableArray<ClassSummary> Classes,
    ImmutableArray<TopicSummary> Largest);

/// <summary>One event of a summary.</summary>
/// <param name="Position">Its place in the log.</param>
/// <param name="Time">When it was appended.</param>
public readonly record struct EventSummary(long Position, DateTimeOffset Time);

/// <summary>One life of a log.</summary>
/// <param name="Name">Its name.</param>
/// <param name="After">Its positions are higher.</param>
/// <param name="Through">Its last position; null while it goes on.</param>
public sealed record EpochSummary(Epoch Name, long After, long? Through);

/// <summary>One retention class.</summary>
/// <param name="Prefix">What its topics begin with.</param>
/// <param name="Trimmed">The highest position dropped; 0 for none.</param>
public sealed record ClassSummary(string Prefix, long Trimmed);

/// <summary>One topic.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Events">How many events have it.</param>
/// <param name="Oldest">The position of the oldest.</param>
/// <param name="Newest">The position of the newest.</param>
public sealed record TopicSummary(Topic Topic, long Events, long Oldest, long Newest);
