using Siar.Wire;

namespace Siar.Tool;

/// <summary>What one reader checks: that each event of its topic comes, once and in order. Fed by one thread at a time.</summary>
internal sealed class DeliveryCheck : ISseHandler
{
    private readonly DeliveryTally _tally;
    private readonly bool _isSlow;
    private readonly SseParser _parser;
    // The next sequence of each slot; readers of one publisher need no array.
    private readonly long[]? _slots;
    private long _next = -1;
    private long _now;
    private long _since = -1;

    /// <summary>Makes the check of a reader that has received nothing.</summary>
    /// <param name="tally">Where it counts.</param>
    /// <param name="slots">Publishers of the topic.</param>
    /// <param name="isSlow">Whether the reader's latency means nothing.</param>
    public DeliveryCheck(DeliveryTally tally, int slots, bool isSlow)
    {
        _tally = tally;
        _isSlow = isSlow;
        _parser = new SseParser(this);
        if (slots <= 1) return;
        _slots = new long[slots];
        _slots.AsSpan().Fill(-1);
    }

    /// <summary>Where to go on after the connection has ended.</summary>
    public ReadOnlySpan<byte> LastEventId => _parser.LastEventId;

    /// <summary>Takes bytes of the stream.</summary>
    /// <param name="bytes">The body, without its transfer coding.</param>
    /// <param name="microseconds">When they came.</param>
    public void Take(ReadOnlySpan<byte> bytes, long microseconds)
    {
        _now = microseconds;
        _tally.CountBytes(bytes.Length);
        _parser.Feed(bytes);
    }

    /// <summary>Begins another connection.</summary>
    /// <param name="since">When it was begun, in microseconds: latencies count from there, since what is replayed was due long ago.</param>
    public void Reconnect(long since)
    {
        _parser.EndOfStream();
        _since = since;
    }

    void ISseHandler.OnEvent(in SseMessage message)
    {
        if (!BenchPayload.TryRead(message.Data, out var slot, out var sequence, out var due)) return;
        ref var next = ref _slots is null ? ref _next : ref _slots[slot % _slots.Length];
        if (next >= 0 && sequence != next) _tally.CountDisorder(sequence - next);
        next = Math.Max(next, sequence + 1);
        if (_isSlow) _tally.CountSlowDelivery();
        else _tally.CountDelivery(_now - (_since >= 0 ? _since : due));
    }
}
