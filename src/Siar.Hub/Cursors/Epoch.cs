using System.Security.Cryptography;

namespace Siar.Hub;

/// <summary>
/// Names one life of a log: eight characters of a to z and 2 to 7, chosen at random (40 bits). A position means something only together
/// with the epoch in which it was given. Immutable; may be used from any thread.
/// </summary>
public readonly struct Epoch : IEquatable<Epoch>
{
    /// <summary>How many characters an epoch has.</summary>
    internal const int Length = 8;

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private readonly string? _value;

    private Epoch(string value) => _value = value;

    /// <summary>The epoch's text; the empty string for the default value, which names no life.</summary>
    public string Value => _value ?? "";

    /// <summary>Begins a new life.</summary>
    public static Epoch New() => new(RandomNumberGenerator.GetString(Alphabet, Length));

    /// <summary>Reads an epoch that was written down.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Epoch epoch)
    {
        var valid = text.Length == Length && text.IndexOfAnyExcept(Alphabet) < 0;
        epoch = valid ? new Epoch(text.ToString()) : default;
        return valid;
    }

    /// <inheritdoc />
    public bool Equals(Epoch other) => Value == other.Value;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Epoch other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => Value;

    /// <summary>Whether two epochs are the same life.</summary>
    public static bool operator ==(Epoch left, Epoch right) => left.Equals(right);

    /// <summary>Whether two epochs are different lives.</summary>
    public static bool operator !=(Epoch left, Epoch right) => !left.Equals(right);
}
