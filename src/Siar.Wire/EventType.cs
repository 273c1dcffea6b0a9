using System.Diagnostics.CodeAnalysis;

namespace Siar.Wire;

/// <summary>
/// The <c>event</c> field of an event: its type, <c>message</c> where there is none. A value of this type cannot break a frame: it is
/// never empty and holds
/// neither CR, LF nor NUL (HTML Standard, section 9.2.6: a line ends at CR or LF) nor a
/// lone surrogate. Immutable; may be used from any thread.
/// </summary>
public readonly struct EventType : IEquatable<EventType>
{
    private readonly string? _value;

    private EventType(string value) => _value = value;

    /// <summary>The type's text; the empty string for the default value, which is no type.</summary>
    public string Value => _value ?? "";

    /// <summary>Whether this is the default value, which stands for no type at all.</summary>
    public bool IsNone => _value is null;

    /// <summary>Makes a type from text.</summary>
    /// <param name="value">The text.</param>
    /// <param name="type">The type, when the text can be one.</param>
    /// <param name="error">A sentence that says what is wrong, when it cannot.</param>
    public static bool TryCreate(string value, out EventType type, [NotNullWhen(false)] out string? error)
    {
        error = FieldText.Check("type", value);
        type = error is null ? new EventType(value) : default;
        return error is null;
    }

    /// <summary>Makes a type from text that must be valid.</summary>
    /// <exception cref="FormatException">The text is empty or holds CR, LF, NUL or a lone surrogate.</exception>
    public static EventType Parse(string value) =>
        TryCreate(value, out var type, out var error) ? type : throw new FormatException(error);

    /// <inheritdoc />
    public bool Equals(EventType other) => Value == other.Value;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is EventType other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => Value;

    /// <summary>Whether two types are the same text.</summary>
    public static bool operator ==(EventType left, EventType right) => left.Equals(right);

    /// <summary>Whether two types differ.</summary>
    public static bool operator !=(EventType left, EventType right) => !left.Equals(right);
}
