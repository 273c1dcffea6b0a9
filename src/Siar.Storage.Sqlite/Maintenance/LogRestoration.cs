using System.Collections.Immutable;
using Siar.Hub;

namespace Siar.Storage.Sqlite;

/// <summary>What was put back.</summary>
/// <param name="Events">How many events.</param>
/// <param name="Head">The last position; the new epoch's are higher.</param>
/// <param name="Epoch">The new epoch.</param>
/// <param name="Lost">The events that could not be read, as ranges of positions; positions within that had no event count as well.</param>
/// <param name="IsCutOff">Whether there were events after the head that could not be read.</param>
/// <param name="PutAside">Where the file is that stood there before; null where there was none.</param>
public sealed record LogRestoration(long Events, long Head, Epoch Epoch, ImmutableArray<LostRange> Lost, bool IsCutOff, string? PutAside);

/// <summary>Positions of which nothing could be read.</summary>
/// <param name="From">The first.</param>
/// <param name="Through">The last.</param>
public readonly record struct LostRange(long From, long Through);
