namespace Siar.Hub;

/// <summary>The events of a log by position, dense but for those that were removed. Not safe for concurrent use.</summary>
internal sealed class PositionList
{
    private LoggedEvent?[] _items = new LoggedEvent?[16];
    private int _start;
    private int _count;

    /// <summary>The lowest position that is held.</summary>
    public long First { get; private set; } = 1;

    public void Add(LoggedEvent logged)
    {
        if (_count == _items.Length) Grow();
        _items[(_start + _count++) & (_items.Length - 1)] = logged;
    }

    /// <summary>The event at a position; null where there is none, or no more.</summary>
    public LoggedEvent? Get(long position) =>
        position >= First && position < First + _count ? _items[Slot(position)] : null;

    public void Remove(long position)
    {
        _items[Slot(position)] = null;
        while (_count > 0 && _items[_start] is null)
        {
            _start = (_start + 1) & (_items.Length - 1);
            _count--;
            First++;
        }
    }

    private int Slot(long position) => (int)(_start + (position - First)) & (_items.Length - 1);

    private void Grow()
    {
        var grown = new LoggedEvent?[_items.Length * 2];
        for (var i = 0; i < _count; i++) grown[i] = _items[(_start + i) & (_items.Length - 1)];
        _items = grown;
        _start = 0;
    }
}
