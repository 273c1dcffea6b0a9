namespace Siar.Client;

/// <summary>When a stream connects again.</summary>
public enum ReconnectMode
{
    /// <summary>However a connection ends, as a browser does. For streams that have no end.</summary>
    Always,

    /// <summary>
    /// Only after a connection that failed: one that the server ends in order is the end. For streams with an end, such as the answer of a
    /// language model that can be resumed.
    /// </summary>
    OnError,

    /// <summary>Never: one connection, and what goes wrong with it is an exception. For requests that must not be made twice.</summary>
    Never,
}
