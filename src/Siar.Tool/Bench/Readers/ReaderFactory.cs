using System.Net;
using System.Net.Sockets;

namespace Siar.Tool;

/// <summary>Makes the readers of one process.</summary>
internal sealed class ReaderFactory(BenchRequest request, DeliveryTally tally) : IDisposable
{
    private readonly Dictionary<string, HttpClient> _clients = [];

    // Room for an event with its framing; larger ones come in pieces.
    private int BufferBytes => Math.Clamp((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)request.Bytes + 512), 4 << 10, 32 << 10);

    public IReadOnlyList<IReader> Create(IReadOnlyList<int> numbers)
    {
        var buffers = request.SubscribeTo(0).Scheme == Uri.UriSchemeHttp && !request.IsGzip ? GC.AllocateUninitializedArray<byte>(numbers.Count * BufferBytes, pinned: true) : [];
        return [.. numbers.Select((number, i) => Create(number, buffers.Length == 0 ? default : buffers.AsMemory(i * BufferBytes, BufferBytes)))];
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values) client.Dispose();
    }

    private IReader Create(int number, Memory<byte> buffer)
    {
        var source = BenchRequest.SourceOf(number);
        var target = new ReaderTarget(
            request.SubscribeTo(number % request.Topics), IPAddress.Parse(source), request.Token, request.IsSlow(number), request.IsGzip, request.Clock);
        var check = new DeliveryCheck(tally, request.Plan.Slots, target.IsSlow);
        return buffer.IsEmpty ? new HttpReader(ClientOf(source, target), target, tally, check, BufferBytes) : new SocketReader(target, tally, check, buffer);
    }

    private HttpClient ClientOf(string source, ReaderTarget target)
    {
        if (_clients.TryGetValue(source, out var client)) return client;
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            MaxConnectionsPerServer = int.MaxValue,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var server = await target.AddressAsync(cancellationToken);
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                if (IPAddress.IsLoopback(server) && server.AddressFamily is AddressFamily.InterNetwork) socket.Bind(new IPEndPoint(target.Source, 0));
                await socket.ConnectAsync(new IPEndPoint(server, context.DnsEndPoint.Port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        if (request.IsInsecure) handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        return _clients[source] = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
