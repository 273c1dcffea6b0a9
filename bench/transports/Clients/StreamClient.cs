using System.Net;
using Siar.Tool;
using Siar.Wire;

namespace Siar.Bench.Transports.Clients;

/// <summary>Reads server-sent events.</summary>
internal sealed class StreamClient : FeedClient, ISseHandler
{
    private readonly string _path;
    private readonly SseParser _parser;
    private HttpBodyDecoder _decoder;

    public StreamClient(string path, IPEndPoint server, int number, Tally tally)
        : base(server, number, tally)
    {
        _path = path;
        _parser = new SseParser(this);
    }

    protected override void Ask() => Send(_path, "Accept: text/event-stream\r\n");

    protected override void Take(ReadOnlySpan<byte> bytes)
    {
        while (_decoder.TryTake(ref bytes, out var body)) _parser.Feed(body);
        if (_decoder.HasHead) Opened(_decoder.Status, 200);
    }

    void ISseHandler.OnEvent(in SseMessage message)
    {
        if (message.Type.SequenceEqual("message"u8)) Deliver(message.DecodeData());
    }
}
