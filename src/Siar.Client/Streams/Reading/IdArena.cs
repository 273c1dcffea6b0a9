namespace Siar.Client;

/// <summary>
/// Keeps the ids of events side by side, so that an event costs the bytes of its id and not a string of its own. A piece that is full is left to
/// whoever still holds an id in it.
/// </summary>
internal sealed class IdArena
{
    private const int FirstPieceBytes = 1 << 6;
    private const int PieceBytes = 1 << 10;

    private byte[] _piece = [];
    private int _used;
    private IdBytes _newest;

    public IdBytes Keep(ReadOnlySpan<byte> id)
    {
        // An event without an id of its own has the one before it.
        if (id.SequenceEqual(_newest.Span)) return _newest;
        if (_piece.Length - _used < id.Length)
        {
            // A short stream needs no long piece.
            _piece = new byte[Math.Max(Math.Clamp(2 * _piece.Length, FirstPieceBytes, PieceBytes), id.Length)];
            _used = 0;
        }

        id.CopyTo(_piece.AsSpan(_used));
        _newest = new IdBytes(_piece, _used, id.Length);
        _used += id.Length;
        return _newest;
    }
}
