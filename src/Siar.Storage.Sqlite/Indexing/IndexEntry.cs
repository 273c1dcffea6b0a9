namespace Siar.Storage.Sqlite.Indexing;

/// <summary>By what an event is found.</summary>
/// <param name="Position">Where it is.</param>
/// <param name="Topics">The numbers of its topics.</param>
/// <param name="Id">The publisher's id, where it has one and no earlier event has.</param>
internal readonly record struct IndexEntry(long Position, long[] Topics, string? Id);
