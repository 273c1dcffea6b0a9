using System.Runtime.CompilerServices;

namespace Siar.Topics.Index;

/// <summary>
/// The values under one matcher, each once. Most matchers have one value, so one value costs nothing but its reference:
/// the field is null, the value itself, or a <see cref="SmallSet{T}"/>.
/// </summary>
internal struct ValueSet<T>
    where T : class
{
    private object? _held;

    public readonly bool IsEmpty => _held is null;

    public readonly int Count => _held switch
    {
        null => 0,
        SmallSet<T> many => many.Count,
        _ => 1,
    };

    public readonly bool Contains(T value) => _held is SmallSet<T> many ? many.Contains(value) : ReferenceEquals(_held, value);

    public bool Add(T value)
    {
        if (_held is SmallSet<T> many) return many.Add(value);
        if (ReferenceEquals(_held, value)) return false;
        if (_held is null)
        {
            _held = value;
            return true;
        }

        many = new SmallSet<T>();
        many.Add((T)_held);
        many.Add(value);
        _held = many;
        return true;
    }

    public bool Remove(T value)
    {
        if (_held is SmallSet<T> many)
        {
            if (!many.Remove(value)) return false;
            if (many.Count == 1) _held = many.First;
            return true;
        }

        if (!ReferenceEquals(_held, value)) return false;
        _held = null;
        return true;
    }

    public readonly void AppendTo(List<T> into)
    {
        if (_held is SmallSet<T> many) many.AppendTo(into);
        else if (_held is not null) into.Add((T)_held);
    }
}

/// <summary>Two values or more, each once, told apart by reference: an array while they are few, a hash set when they are many.</summary>
internal sealed class SmallSet<T>
    where T : class
{
    private const int MostInArray = 8;

    private T[] _few = new T[2];
    private HashSet<T>? _many;
    private int _count;

    public int Count => _many?.Count ?? _count;

    public T First => _many is null ? _few[0] : _many.First();

    public bool Contains(T value) => _many?.Contains(value) ?? IndexOf(value) >= 0;

    public bool Add(T value)
    {
        if (_many is not null) return _many.Add(value);
        if (IndexOf(value) >= 0) return false;
        if (_count == MostInArray)
        {
            _many = new HashSet<T>(MostInArray * 2, ReferenceComparer<T>.Comparer);
            foreach (var held in _few) _many.Add(held);
            _few = [];
            return _many.Add(value);
        }

        if (_count == _few.Length) Array.Resize(ref _few, _count * 2);
        _few[_count++] = value;
        return true;
    }

    public bool Remove(T value)
    {
        if (_many is not null) return RemoveFromMany(value);
        var at = IndexOf(value);
        if (at < 0) return false;
        _few[at] = _few[--_count];
        _few[_count] = null!;
        return true;
    }

    public void AppendTo(List<T> into)
    {
        if (_many is not null)
        {
            into.AddRange(_many);
            return;
        }

        into.AddRange(_few.AsSpan(0, _count));
    }

    private bool RemoveFromMany(T value)
    {
        if (!_many!.Remove(value)) return false;
        if (_many.Count == MostInArray / 2)
        {
            _count = _many.Count;
            _few = new T[MostInArray];
            _many.CopyTo(_few);
            _many = null;
        }
        else if (_many.Count < _many.Capacity / 4)
        {
            _many.TrimExcess(_many.Count * 2);
        }

        return true;
    }

    private int IndexOf(T value)
    {
        for (var i = 0; i < _count; i++)
        {
            if (ReferenceEquals(_few[i], value)) return i;
        }

        return -1;
    }
}

/// <summary>Tells values apart by reference, whatever equality they define.</summary>
internal sealed class ReferenceComparer<T> : IEqualityComparer<T>
    where T : class
{
    public static readonly ReferenceComparer<T> Comparer = new();

    public bool Equals(T? x, T? y) => ReferenceEquals(x, y);

    public int GetHashCode(T obj) => RuntimeHelpers.GetHashCode(obj);
}
