namespace Siar.Storage.Sqlite;

/// <summary>What an event's row says of it with one bit each. The numbers stand in files.</summary>
[Flags]
internal enum EventFlags
{
    None = 0,

    /// <summary>Only readers with a grant may have it.</summary>
    Private = 1,

    /// <summary>Its publisher's id was that of an event kept at the time, and leads there, or nowhere.</summary>
    RepeatsId = 2,
}
