namespace Siar.Storage.Sqlite.Writing;

/// <summary>The steps of a transaction of the log's writer, in their order; tests have it fail at each.</summary>
internal enum CommitStep
{
    /// <summary>It has begun.</summary>
    Begun,

    /// <summary>An event has been put into the index in memory.</summary>
    Indexed,

    /// <summary>All is written that it is to hold.</summary>
    Written,

    /// <summary>It is in the file for good.</summary>
    Committed,

    /// <summary>Memory is about to say what the file says.</summary>
    Showing,

    /// <summary>Memory says it.</summary>
    Shown,

    /// <summary>Memory is being read again from the file.</summary>
    Reloading,
}
