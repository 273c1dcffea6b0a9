using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Siar.Hub;
using Siar.Sockets.Native;

namespace Siar.Sockets.Tests;

/// <summary>Real connections on the loopback address: a client's socket, and what the transport has of it.</summary>
internal sealed class SocketPair : IDisposable
{
    private readonly ConnectionGate _gate;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public SocketPair(TimeProvider? time = null, SocketsOptions? options = null)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        var clock = time ?? TimeProvider.System;
        _gate = new ConnectionGate(new LimitOptions(), [], null, clock, NullLogger<ConnectionGate>.Instance);
        Transport = new SocketTransport(options ?? new SocketsOptions { Pollers = 1 }, new Buffers(), _gate, clock, NullLogger<SocketTransport>.Instance);
    }

    public SocketTransport Transport { get; }

    /// <summary>Connects, and accepts.</summary>
    /// <param name="receiveBuffer">How little the client wants to receive ahead.</param>
    public (Socket Client, DescriptorHandle Server) Connect(int? receiveBuffer = null)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 30_000 };
        if (receiveBuffer is { } size) client.ReceiveBufferSize = size;
        client.Connect(_listener.LocalEndPoint!);
        SocketCalls.Accept(_listener.SafeHandle, out var server, out var peer).ShouldBe(0);
        peer.ShouldBe(client.LocalEndPoint);
        return (client, server!);
    }

    /// <summary>The number that the kernel has given to a socket. Only tests look at it.</summary>
    public static nint NumberOf(SafeHandle socket) => socket.DangerousGetHandle();

    private sealed class Buffers : IMemoryPoolFactory<byte>
    {
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => MemoryPool<byte>.Shared;
    }

    public void Dispose()
    {
        Transport.Dispose();
        _gate.Dispose();
        _listener.Dispose();
    }
}
