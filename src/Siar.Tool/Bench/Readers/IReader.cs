namespace Siar.Tool;

/// <summary>One reader of a stream: over a bare socket where the stream is plain HTTP, through the platform's client where it is not.</summary>
internal interface IReader : IDisposable
{
    /// <summary>Connects, and waits for the answer's head. Connecting again goes on after the last event.</summary>
    /// <exception cref="IOException">The server cannot be reached, or answers with something else than a stream.</exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Ends the connection; it may be opened again.</summary>
    void Close();

    /// <summary>Stops reading, so that the server cannot get rid of what it writes.</summary>
    void Pause();

    /// <summary>Reads on.</summary>
    void Resume();
}
