using System.Runtime.CompilerServices;

namespace Siar.Topics.Index;

/// <summary>That a value stands under a matcher.</summary>
internal readonly struct Link<T>(Matcher matcher, T value) : IEquatable<Link<T>>
    where T : class
{
    private readonly Matcher _matcher = matcher;
    private readonly T _value = value;

    public bool Equals(Link<T> other) => ReferenceEquals(_value, other._value) && _matcher.Equals(other._matcher);

    public override bool Equals(object? obj) => obj is Link<T> other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_matcher, RuntimeHelpers.GetHashCode(_value));
}
