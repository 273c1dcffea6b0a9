using System.Diagnostics.CodeAnalysis;

namespace Siar.Wire;

/// <summary>
/// The <c>id</c> of an event as it goes on the wire. A value of this type cannot break a frame: it is never empty and holds
/// neither CR, LF nor NUL (HTML Standard, section 9.2.6: a line ends at CR or LF, an id with NUL is ignored by the reader) nor a
/// lone surrogate. Immutable; may be used from any thread.
/// </summary>
public readonly struct EventId : IEquatable<EventId>
{
    private readonly string? _value;

    private EventId(string value) => _value = value;

    /// <summary>The id's text; the empty string for the default value, which is no id.</summary>
    public string Value => _value ?? "";

    /// <summary>Whether this is the default value, which stands for no id at all.</summary>
    public bool IsNone => _value is null;

    /// <summary>Makes an id from text.</summary>
    /// <param name="value">The text.</param>
    /// <param name="id">The id, when the text can be one.</param>
    /// <param name="error">A sentence that says what is wrong, when it cannot.</param>
    public static bool TryCreate(string value, out EventId id, [NotNullWhen(false)] out string? error)
    {
        error = FieldText.Check("id", value);
        id = error is null ? new EventId(value) : default;
        return error is null;
    }

    /// <summary>
    /// Why no new event may have this id, as a sentence; null where one may. A reader sends the id back in the header field <c>Last-Event-ID</c>, and
    /// it must arrive as it left. Ids that are in a log already, and cursors, are not held to it.
    /// </summary>
    internal string? CheckNew() => FieldText.CheckHeader(Value);

    /// <summary>Makes an id from text that must be valid.</summary>
    /// <exception cref="FormatException">The text is empty or holds CR, LF, NUL or a lone surrogate.</exception>
    public static EventId Parse(string value) =>
        TryCreate(value, out var id, out var error) ? id : throw new FormatException(error);

    /// <inheritdoc />
    public bool Equals(EventId other) => Value == other.Value;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is EventId other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => Value;

    /// <summary>Whether two ids are the same text.</summary>
    public static bool operator ==(EventId left, EventId right) => left.Equals(right);

    /// <summary>Whether two ids differ.</summary>
    public static bool operator !=(EventId left, EventId right) => !left.Equals(right);
}
