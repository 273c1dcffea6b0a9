using System.Buffers;
using System.Text;
using Siar.Wire;

namespace Siar.Client;

/// <summary>
/// What the parser made of the bytes that came last, in their order, until it is handed over: items, and between them, of no kind, moves of the cursor, comments
/// and failures.
/// </summary>
internal sealed class Batch<T>(EventDecoder<T> decode, EventStreamOptions options) : ISseHandler
{
    private const int KeptItems = 1_024;

    private readonly byte[]? _endData = options.EndData is { } data ? Encoding.UTF8.GetBytes(data) : null;
    private readonly byte[]? _endType = options.EndType is { } type ? Encoding.UTF8.GetBytes(type) : null;
    private readonly IdArena _ids = new();
    private readonly TypeNames _types = new();
    private StreamItem<T>[] _items = [];
    private int _count;
    private int _next;

    /// <summary>What the server has last said about when to come back; null where it has not.</summary>
    public TimeSpan? Retry { get; private set; }

    /// <summary>Whether the mark of the end has come: what stands after it is nothing.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>How many events and signals the connection has brought.</summary>
    public int Brought { get; private set; }

    private static ReadOnlySpan<byte> SignalPrefix => "siar."u8;

    /// <summary>The item that was taken last.</summary>
    public StreamItem<T> Current => _next > 0 ? _items[_next - 1] : default;

    /// <summary>Goes to the next item, and moves the cursor past what lies before it.</summary>
    /// <exception cref="StreamException">The next item is what ended the stream.</exception>
    public bool TryTake(ref IdBytes cursor)
    {
        while (_next < _count)
        {
            ref readonly var item = ref _items[_next++];
            var isNone = item.Kind is StreamItemKind.None;
            if (isNone && item.Note is { } note)
            {
                if (note is Exception failure) throw failure;
                options.OnComment!((string)note);
                continue;
            }

            if (!cursor.Is(item.Id)) cursor = item.Id;
            if (!isNone) return true;
        }

        Reset();
        return false;
    }

    /// <summary>Gives what it has borrowed back: it is used no more.</summary>
    public void Free()
    {
        _next = 0;
        _count = 0;
        Return(_items, isClear: false);
        _items = [];
    }

    /// <summary>A new connection begins.</summary>
    public void Begin() => Brought = 0;

    /// <summary>Puts an exception behind what has come.</summary>
    public void Add(StreamException failure) => AddNote(failure);

    public void OnEvent(in SseMessage message)
    {
        if (IsEnded) return;
        if (_endData is not null && message.Data.SequenceEqual(_endData))
        {
            IsEnded = true;
            return;
        }

        Brought++;
        IsEnded = _endType is not null && message.Type.SequenceEqual(_endType);
        var id = _ids.Keep(message.LastEventId);
        if (options.HasSignals && message.Type.StartsWith(SignalPrefix)) Add(Signal(message, id));
        else AddEvent(message, id);
    }

    public void OnComment(ReadOnlySpan<byte> text)
    {
        if (options.OnComment is not null && !IsEnded) AddNote(SseText.Decode(text));
    }

    public void OnRetry(int milliseconds) => Retry = TimeSpan.FromMilliseconds(milliseconds);

    public void OnLastEventId(ReadOnlySpan<byte> lastEventId)
    {
        if (!IsEnded) Add(new StreamItem<T>(StreamItemKind.None, _ids.Keep(lastEventId), "", default));
    }

    private void AddEvent(in SseMessage message, IdBytes id)
    {
        try
        {
            Add(new StreamItem<T>(StreamItemKind.Event, id, _types.TextOf(message), decode(message)));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // It waits for its turn: what came before it is handed over first.
            AddNote(new StreamException(StreamFailure.Undecodable, $"The data of the event '{id}' could not be decoded: {failure.Message}", failure) { LastEventId = id.ToString() });
            IsEnded = true;
        }
    }

    private StreamItem<T> Signal(in SseMessage message, IdBytes id)
    {
        var json = message.DecodeData();
        var type = _types.TextOf(message);
        return type switch
        {
            "siar.gap" => new(StreamItemKind.Gap, id, type, default, StreamGap.Parse(json)),
            "siar.live" => new(StreamItemKind.Live, id, type, default, json),
            "siar.closed" => new(StreamItemKind.Closed, id, type, default, json),
            _ => new(StreamItemKind.Signal, id, type, default, json),
        };
    }

    private void AddNote(object note) => Add(new StreamItem<T>(StreamItemKind.None, default, "", default, note));

    private void Add(in StreamItem<T> item)
    {
        if (_count == _items.Length) Grow();
        _items[_count++] = item;
    }

    private void Grow()
    {
        var larger = ArrayPool<StreamItem<T>>.Shared.Rent(Math.Max(16, _count * 2));
        _items.AsSpan(0, _count).CopyTo(larger);
        Return(_items, isClear: false);
        _items = larger;
    }

    private void Reset()
    {
        _items.AsSpan(0, _count).Clear();
        _count = 0;
        _next = 0;
        if (_items.Length <= KeptItems) return;
        // What one burst has needed is not kept for ever.
        Return(_items, isClear: true);
        _items = [];
    }

    private static void Return(StreamItem<T>[] items, bool isClear)
    {
        if (items.Length > 0) ArrayPool<StreamItem<T>>.Shared.Return(items, clearArray: !isClear);
    }
}
