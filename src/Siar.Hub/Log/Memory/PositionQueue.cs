namespace Siar.Hub;

/// <summary>Rising positions, added at the end and mostly removed from the front. Not safe for concurrent use.</summary>
internal sealed class PositionQueue
{
    private long[] _items = [];
    private int _start;

    public int Count { get; private set; }

    public long this[int index] => _items[(_start + index) & (_items.Length - 1)];

    public void Add(long position)
    {
        if (Count == _items.Length) Grow();
        _items[(_start + Count++) & (_items.Length - 1)] = position;
    }

    /// <summary>The index of the first higher position; <see cref="Count"/> where there is none.</summary>
    public int FirstAfter(long position)
    {
        var low = 0;
        var high = Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (this[middle] > position) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    /// <summary>Removes a position that is the first, or, where classes are trimmed apart, somewhere behind it.</summary>
    public void RemoveFirst(long position)
    {
        var index = FirstAfter(position - 1);
        if (index == Count || this[index] != position) return;
        for (var i = index; i > 0; i--) _items[(_start + i) & (_items.Length - 1)] = this[i - 1];
        _start = (_start + 1) & (_items.Length - 1);
        Count--;
    }

    private void Grow()
    {
        var grown = new long[Math.Max(2, _items.Length * 2)];
        for (var i = 0; i < Count; i++) grown[i] = this[i];
        _items = grown;
        _start = 0;
    }
}
