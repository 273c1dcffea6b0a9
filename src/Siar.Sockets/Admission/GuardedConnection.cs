using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Siar.Sockets;

/// <summary>A connection on the server's own sockets, with its place, which it leaves at its end, and watched until its first byte.</summary>
internal sealed class GuardedConnection : ConnectionContext
{
    private readonly ConnectionContext _inner;
    private readonly SilentConnections _silent;
    private readonly LinkedListNode<SilentConnections.Silent> _silence;
    private ConnectionPlace? _place;

    public GuardedConnection(ConnectionContext inner, ConnectionPlace place, SilentConnections silent)
    {
        _inner = inner;
        _place = place;
        _silent = silent;
        Transport = new DuplexPipe(new FirstByteReader(inner.Transport.Input, this), inner.Transport.Output);
        _silence = silent.Begin(this);
    }

    public override string ConnectionId { get => _inner.ConnectionId; set => _inner.ConnectionId = value; }

    public override IFeatureCollection Features => _inner.Features;

    public override IDictionary<object, object?> Items { get => _inner.Items; set => _inner.Items = value; }

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get => _inner.ConnectionClosed; set => _inner.ConnectionClosed = value; }

    public override EndPoint? LocalEndPoint { get => _inner.LocalEndPoint; set => _inner.LocalEndPoint = value; }

    public override EndPoint? RemoteEndPoint { get => _inner.RemoteEndPoint; set => _inner.RemoteEndPoint = value; }

    public override void Abort() => _inner.Abort();

    public override void Abort(ConnectionAbortedException abortReason) => _inner.Abort(abortReason);

    public override async ValueTask DisposeAsync()
    {
        _silent.End(_silence);
        try
        {
            await _inner.DisposeAsync();
        }
        finally
        {
            Interlocked.Exchange(ref _place, null)?.Leave();
        }
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Reads what the connection reads, and notes its first byte.</summary>
    private sealed class FirstByteReader(PipeReader inner, GuardedConnection connection) : PipeReader
    {
        private bool _hasSpoken;

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result) && Note(result);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            _hasSpoken ? inner.ReadAsync(cancellationToken) : ReadFirstAsync(cancellationToken);

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

        private async ValueTask<ReadResult> ReadFirstAsync(CancellationToken cancellationToken)
        {
            var result = await inner.ReadAsync(cancellationToken);
            Note(result);
            return result;
        }

        private bool Note(in ReadResult result)
        {
            if (!_hasSpoken && !result.Buffer.IsEmpty)
            {
                _hasSpoken = true;
                connection._silent.End(connection._silence);
            }

            return true;
        }
    }
}
