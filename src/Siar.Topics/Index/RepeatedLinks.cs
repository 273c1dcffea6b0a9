using System.Runtime.InteropServices;

namespace Siar.Topics.Index;

/// <summary>Counts the links that were added again while they stood: a bag holds a value once, so their further adds are kept here. Usually empty.</summary>
internal sealed class RepeatedLinks<T>
    where T : class
{
    private readonly Dictionary<Link<T>, int> _more = [];

    public void Add(Matcher matcher, T value) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_more, new Link<T>(matcher, value), out _)++;

    /// <summary>Takes one further add back; false when there is none, so the value must leave its bag.</summary>
    public bool TryRemove(Matcher matcher, T value)
    {
        if (_more.Count == 0) return false;
        var link = new Link<T>(matcher, value);
        if (!_more.TryGetValue(link, out var more)) return false;
        if (more == 1) _more.Remove(link);
        else _more[link] = more - 1;
        return true;
    }
}
