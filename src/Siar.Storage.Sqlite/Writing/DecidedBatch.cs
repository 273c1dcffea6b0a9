using Siar.Hub;

namespace Siar.Storage.Sqlite.Writing;

/// <summary>A batch that was decided elsewhere: what of it is to be appended.</summary>
/// <param name="Clock">What the clock said.</param>
/// <param name="Time">The time that its events have; never lower than that of one before.</param>
/// <param name="Appends">What is appended, without conditions.</param>
internal sealed record DecidedBatch(DateTimeOffset Clock, DateTimeOffset Time, IReadOnlyList<Append> Appends);
