using System.Threading.Channels;

namespace Siar.Client.Tests;

/// <summary>A body whose pieces come when a test says so; each read gets what is left of one piece.</summary>
internal sealed class PieceStream : Stream
{
    private readonly Channel<ReadOnlyMemory<byte>> _pieces = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
    private ReadOnlyMemory<byte> _piece;

    /// <summary>Whether the client has begun to read it.</summary>
    public bool IsRead { get; private set; }

    /// <summary>Whether the client has let go of it.</summary>
    public bool IsDisposed { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Add(ReadOnlyMemory<byte> piece) => _pieces.Writer.TryWrite(piece);

    public void End(Exception? failure = null) => _pieces.Writer.TryComplete(failure);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        IsRead = true;
        while (_piece.IsEmpty)
        {
            try
            {
                if (!await _pieces.Reader.WaitToReadAsync(cancellationToken)) return 0;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                throw new IOException("The connection was reset.", failure);
            }

            _pieces.Reader.TryRead(out _piece);
        }

        var length = Math.Min(buffer.Length, _piece.Length);
        _piece[..length].CopyTo(buffer);
        _piece = _piece[length..];
        return length;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
