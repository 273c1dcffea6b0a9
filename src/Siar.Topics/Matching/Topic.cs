using System.Diagnostics.CodeAnalysis;

namespace Siar.Topics;

/// <summary>
/// A string that names what an event is about. Compared byte for byte: no case folding, no URL normalisation. A value of this type is
/// never empty and holds no control character (C0, DEL, C1) and no lone surrogate. Immutable; may be used from any thread.
/// </summary>
public readonly struct Topic : IEquatable<Topic>
{
    private readonly string? _value;

    private Topic(string value) => _value = value;

    /// <summary>The topic's text; the empty string for the default value, which is no topic.</summary>
    public string Value => _value ?? "";

    /// <summary>Makes a topic from text.</summary>
    /// <param name="value">The text.</param>
    /// <param name="topic">The topic, when the text can be one.</param>
    /// <param name="error">A sentence that says what is wrong, when it cannot.</param>
    public static bool TryCreate(string value, out Topic topic, [NotNullWhen(false)] out string? error)
    {
        error = Check(value);
        topic = error is null ? new Topic(value) : default;
        return error is null;
    }

    /// <summary>Makes a topic from text that must be valid.</summary>
    /// <exception cref="FormatException">The text is empty or holds a control character or a lone surrogate.</exception>
    public static Topic Parse(string value) =>
        TryCreate(value, out var topic, out var error) ? topic : throw new FormatException(error);

    private static string? Check(string value)
    {
        if (value.Length == 0) return "The topic is empty: name what the event is about.";
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (char.IsControl(c)) return $"The topic holds the control character U+{(int)c:X4} at character {i}.";
            if (!char.IsSurrogate(c)) continue;
            if (!char.IsSurrogatePair(value, i)) return $"The topic holds a lone surrogate at character {i}: it is not Unicode text.";
            i++;
        }

        return null;
    }

    /// <inheritdoc />
    public bool Equals(Topic other) => Value == other.Value;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Topic other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => Value;

    /// <summary>Whether two topics are the same text.</summary>
    public static bool operator ==(Topic left, Topic right) => left.Equals(right);

    /// <summary>Whether two topics differ.</summary>
    public static bool operator !=(Topic left, Topic right) => !left.Equals(right);
}
