using BenchmarkDotNet.Attributes;
using Siar.Wire;

namespace Siar.Bench.Micro.Wire;

/// <summary>One event into a buffer: its own bytes, and as an HTTP/1.1 chunk. What the runtime's formatter takes for the same stands beside it.</summary>
public class EncodeBenchmarks
{
    private readonly MemoryStream _stream = new(new byte[256 << 10]);
    private readonly byte[] _buffer = new byte[256 << 10];
    private byte[] _data = [];
    private EventType _type;
    private EventId _id;
    private string _text = "";

    /// <summary>What the event looks like.</summary>
    [ParamsAllValues]
    public EventShape Shape { get; set; }

    /// <summary>Makes the event.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var e = SampleEvents.Make(Shape);
        (_type, _id, _data) = (e.Type, e.Id, e.Data.ToArray());
        _text = SseText.Decode(_data);
    }

    /// <summary>The payload.</summary>
    [Benchmark]
    public int Payload() => SseEncoder.WriteEvent(new SseEvent { Type = _type, Id = _id, Data = _data }, _buffer);

    /// <summary>The payload in its chunk.</summary>
    [Benchmark]
    public int Chunk() => HttpChunk.WriteEvent(new SseEvent { Type = _type, Id = _id, Data = _data }, _buffer, out _, out _);

    /// <summary>System.Net.ServerSentEvents; it has no synchronous or buffer-only form.</summary>
    [Benchmark(Baseline = true)]
    public async Task Runtime()
    {
        _stream.Position = 0;
        await System.Net.ServerSentEvents.SseFormatter.WriteAsync(One(), _stream);
    }

    private async IAsyncEnumerable<System.Net.ServerSentEvents.SseItem<string>> One()
    {
        await Task.CompletedTask;
        yield return new(_text, _type.IsNone ? null : _type.Value) { EventId = _id.IsNone ? null : _id.Value };
    }
}
