namespace Siar.Tool;

/// <summary>Reads one kind of figures of this machine. Called by one thread at a time, about once a second.</summary>
internal interface IFigureReader
{
    /// <summary>The kind: the event's type, and its topic after <c>demo/</c>.</summary>
    string Name { get; }

    /// <summary>Reads the figures, as JSON.</summary>
    /// <param name="seconds">The time since the last reading, which rates are told by.</param>
    /// <exception cref="IOException">The system does not tell; so does <see cref="UnauthorizedAccessException"/>.</exception>
    byte[] Read(double seconds);
}
