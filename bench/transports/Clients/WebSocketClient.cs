using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using Siar.Bench.Transports.Server;
using Siar.Tool;

namespace Siar.Bench.Transports.Clients;

/// <summary>Reads messages of a WebSocket (RFC 6455); it sends nothing after the handshake.</summary>
internal sealed class WebSocketClient(string path, IPEndPoint server, int number, Tally tally) : FeedClient(server, number, tally)
{
    private const int Text = 1;

    private readonly List<byte> _frame = [];
    private HttpBodyDecoder _decoder;

    protected override void Ask() =>
        Send(path, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");

    protected override void Take(ReadOnlySpan<byte> bytes)
    {
        while (_decoder.TryTake(ref bytes, out var body)) _frame.AddRange(body);
        if (_decoder.HasHead) Opened(_decoder.Status, 101);
        while (TakeFrame())
        {
            // Several may have come at once.
        }
    }

    // Section 5.2: opcode, length (7 bits, or 16 after 126), payload. A server's frames have no mask, and none of the feed's is longer.
    private bool TakeFrame()
    {
        var bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_frame);
        if (bytes.Length < 4 && (bytes.Length < 2 || bytes[1] == 126)) return false;
        var (head, length) = bytes[1] < 126 ? (2, bytes[1]) : (4, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
        if (bytes.Length < head + length) return false;
        if ((bytes[0] & 0xF) == Text) Deliver(JsonSerializer.Deserialize<FeedEvent>(bytes.Slice(head, length), JsonSerializerOptions.Web)!.Data);
        _frame.RemoveRange(0, head + length);
        return true;
    }
}
