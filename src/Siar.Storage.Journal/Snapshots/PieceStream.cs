namespace Siar.Storage.Journal.Snapshots;

/// <summary>Pieces as one stream, each fetched when it is wanted. An empty piece is the end; one that is missing makes the stream invalid.</summary>
internal sealed class PieceStream(Func<int, Task<byte[]?>> fetch) : Stream
{
    private ReadOnlyMemory<byte> _piece;
    private int _next;
    private bool _isAtEnd;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_piece.IsEmpty && !_isAtEnd)
        {
            _piece = await fetch(_next++) ?? throw new InvalidDataException("A piece is missing.");
            _isAtEnd = _piece.IsEmpty;
        }

        var count = Math.Min(buffer.Length, _piece.Length);
        _piece[..count].CopyTo(buffer);
        _piece = _piece[count..];
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
