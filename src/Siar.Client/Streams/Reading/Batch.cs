using System.Text;
using Siar.Wire;

namespace Siar.Client;

/// <summary>What the parser made of the bytes that came last, in their order, until it is handed over.</summary>
internal sealed class Batch<T>(EventDecoder<T> decode, EventStreamOptions options) : ISseHandler
{
    private const int KeptEntries = 1_024;

    /// <summary>Stands in an entry that is no item but an id without an event.</summary>
    private static readonly object CursorMove = new();

    private readonly byte[]? _endData = options.EndData is { } data ? Encoding.UTF8.GetBytes(data) : null;
    private readonly byte[]? _endType = options.EndType is { } type ? Encoding.UTF8.GetBytes(type) : null;
    private readonly IdArena _ids = new();
    private readonly TypeNames _types = new();
    private Entry[] _entries = new Entry[16];
    private int _count;
    private int _next;

    /// <summary>What the server has last said about when to come back; null where it has not.</summary>
    public TimeSpan? Retry { get; private set; }

    /// <summary>Whether the mark of the end has come: what stands after it is nothing.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>How many events and signals the connection has brought.</summary>
    public int Brought { get; private set; }

    private static ReadOnlySpan<byte> SignalPrefix => "siar."u8;

    /// <summary>Takes the next item, and moves the cursor past what lies before it.</summary>
    /// <exception cref="StreamException">The next item is what ended the stream.</exception>
    public bool TryTake(ref IdBytes cursor, out StreamItem<T> item)
    {
        while (_next < _count)
        {
            ref var entry = ref _entries[_next++];
            item = entry.Item;
            var note = entry.Note;
            entry = default;
            if (note is Exception failure) throw failure;
            if (note is string comment)
            {
                options.OnComment!(comment);
                continue;
            }

            cursor = item.Id;
            if (note is null) return true;
        }

        Reset();
        item = default;
        return false;
    }

    /// <summary>A new connection begins.</summary>
    public void Begin() => Brought = 0;

    /// <summary>Puts an exception behind what has come.</summary>
    public void Add(StreamException failure) => Add(default, failure);

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
        if (options.OnComment is not null && !IsEnded) Add(default, SseText.Decode(text));
    }

    public void OnRetry(int milliseconds) => Retry = TimeSpan.FromMilliseconds(milliseconds);

    public void OnLastEventId(ReadOnlySpan<byte> lastEventId)
    {
        if (!IsEnded) Add(new StreamItem<T>(StreamItemKind.None, _ids.Keep(lastEventId), "", default), CursorMove);
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
            Add(default, new StreamException(StreamFailure.Undecodable, $"The data of the event '{id}' could not be decoded: {failure.Message}", failure) { LastEventId = id.ToString() });
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

    private void Add(StreamItem<T> item, object? note = null)
    {
        if (_count == _entries.Length) Array.Resize(ref _entries, _count * 2);
        _entries[_count++] = new Entry(item, note);
    }

    private void Reset()
    {
        _count = 0;
        _next = 0;
        // What one burst has needed is not kept for ever.
        if (_entries.Length > KeptEntries) _entries = new Entry[KeptEntries];
    }

    /// <summary>An item; or with a note a comment, a move of the cursor, or a failure.</summary>
    private readonly record struct Entry(StreamItem<T> Item, object? Note);
}
