namespace Siar.Topics.Index;

/// <summary>
/// The values under one matcher, each once. Most matchers have one value, so one value costs nothing but its reference:
/// the field is null, the value itself, or a <see cref="ManyValues{T}"/>.
/// </summary>
internal struct ValueBag<T>
    where T : class
{
    private object? _held;

    public readonly bool IsEmpty => _held is null;

    public readonly int Count => _held switch
    {
        null => 0,
        ManyValues<T> many => many.Count,
        _ => 1,
    };

    public readonly bool Contains(T value) => _held is ManyValues<T> many ? many.Contains(value) : ReferenceEquals(_held, value);

    public bool Add(T value)
    {
        if (_held is ManyValues<T> many) return many.Add(value);
        if (ReferenceEquals(_held, value)) return false;
        if (_held is null)
        {
            _held = value;
            return true;
        }

        many = new ManyValues<T>();
        many.Add((T)_held);
        many.Add(value);
        _held = many;
        return true;
    }

    public bool Remove(T value)
    {
        if (_held is ManyValues<T> many)
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
        if (_held is ManyValues<T> many) many.AppendTo(into);
        else if (_held is not null) into.Add((T)_held);
    }
}
