using BenchmarkDotNet.Attributes;
using Siar.Wire;

namespace Siar.Bench.Micro.Wire;

/// <summary>
/// A mebibyte of events of one shape, read from the same memory stream by this parser and by the runtime's, once looking at the bytes only and
/// once making strings of type, data and id.
/// </summary>
public class ParseBenchmarks
{
    private readonly byte[] _buffer = new byte[16 << 10];
    private readonly ByteCounter _bytes = new();
    private readonly TextCounter _texts = new();
    private MemoryStream _stream = new();

    /// <summary>What the events look like.</summary>
    [ParamsAllValues]
    public EventShape Shape { get; set; }

    /// <summary>Makes the stream.</summary>
    [GlobalSetup]
    public void SetUp() => _stream = new MemoryStream(SampleEvents.Stream(Shape));

    /// <summary>This parser, bytes.</summary>
    [Benchmark]
    public long SiarBytes() => Parse(_bytes) ? _bytes.Total : 0;

    /// <summary>The runtime's parser, bytes: its item parser only looks at the length. Type and id are strings whatever one does.</summary>
    [Benchmark(Baseline = true)]
    public long RuntimeBytes()
    {
        _stream.Position = 0;
        var total = 0L;
        foreach (var item in System.Net.ServerSentEvents.SseParser.Create(_stream, (_, data) => data.Length).Enumerate()) total += item.Data;
        return total;
    }

    /// <summary>This parser, strings.</summary>
    [Benchmark]
    public long SiarStrings() => Parse(_texts) ? _texts.Total : 0;

    /// <summary>The runtime's parser, strings.</summary>
    [Benchmark]
    public long RuntimeStrings()
    {
        _stream.Position = 0;
        var total = 0L;
        foreach (var item in System.Net.ServerSentEvents.SseParser.Create(_stream).Enumerate())
            total += item.Data.Length + item.EventType.Length + (item.EventId?.Length ?? 0);
        return total;
    }

    private bool Parse(ISseHandler handler)
    {
        _stream.Position = 0;
        var parser = new Siar.Wire.SseParser(handler);
        int read;
        while ((read = _stream.Read(_buffer)) > 0) parser.Feed(_buffer.AsSpan(0, read));
        parser.EndOfStream();
        return true;
    }

    private sealed class ByteCounter : ISseHandler
    {
        public long Total { get; private set; }

        public void OnEvent(in SseMessage message) => Total += message.Data.Length;
    }

    private sealed class TextCounter : ISseHandler
    {
        public long Total { get; private set; }

        public void OnEvent(in SseMessage message) =>
            Total += message.DecodeData().Length + message.DecodeType().Length + message.DecodeLastEventId().Length;
    }
}
