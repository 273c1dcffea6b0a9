using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// Where a subscriber's bytes go. Its lane alone calls it, one call at a time, so an outlet needs no lock; it must never block.
/// It tells the lane of changes through the <see cref="OutletSignal"/> that it was attached with.
/// </summary>
internal abstract class Outlet
{
    /// <summary>How the outlet reaches its lane; set before any other call.</summary>
    public OutletSignal Signal { get; private set; }

    /// <summary>
    /// Whether the reader has asked for the hub's own words: that it is level, that a topic is closed, and where it is though nothing matched. The
    /// lane says none of these to any other.
    /// </summary>
    public abstract bool TakesSignals { get; }

    /// <summary>Whether the reader is told of gaps in its stream; the lane calls <see cref="WriteGap"/> only where it is.</summary>
    public virtual bool TakesGaps => TakesSignals;

    /// <summary>
    /// Whether there is a peer at the end of a connection, which may be gone without a word: such a stream has a lifetime, and ends when the peer
    /// does not read. One without, in this process, lives until it is closed.
    /// </summary>
    public virtual bool HasPeer => true;

    /// <summary>Tells the outlet which lane it belongs to from now on. The first bytes may be written here.</summary>
    public OutletState Attach(OutletSignal signal)
    {
        Signal = signal;
        return OnAttached();
    }

    /// <summary>
    /// Writes frames in order. The lane offers at most 64 KiB at once, or one frame that is larger. The outlet takes them all, unless it
    /// answers <see cref="OutletState.Full"/> and says in <see cref="Untaken"/> how many it left. After <see cref="OutletState.Full"/> the
    /// lane offers nothing more until <see cref="OutletSignal.Writable"/>.
    /// </summary>
    /// <param name="frames">What to write; valid during the call only.</param>
    public abstract OutletState Write(ReadOnlySpan<Frame> frames);

    /// <summary>
    /// Begins to write the same frames to several outlets at once, this one the first of them, where that costs less than one by one. Whatever it
    /// did, the next call of each of them is <see cref="Write"/> with these frames, before the lane's turn is over.
    /// </summary>
    /// <param name="outlets">At least two, each once.</param>
    /// <param name="frames">What each of them is given next; valid until then.</param>
    public virtual void WriteTogether(ReadOnlySpan<Outlet> outlets, ReadOnlySpan<Frame> frames)
    {
    }

    /// <summary>
    /// After a <see cref="Write"/> that was <see cref="OutletState.Full"/>: how many of the last frames the outlet has no part of. They stay
    /// behind the reader's cursor and are offered again. A frame of which it has a part is taken: the outlet keeps the rest.
    /// </summary>
    public virtual int Untaken => 0;

    /// <summary>Writes what the outlet kept of what it was given before. Called first of all after <see cref="OutletSignal.Writable"/>.</summary>
    public virtual OutletState Resume() => OutletState.Ready;

    /// <summary>
    /// Shows that the stream lives. Where <paramref name="cursor"/> is given, the reader takes signals and has seen everything up to it though
    /// nothing matched: a block with only an id sets its last event id.
    /// </summary>
    public abstract OutletState WriteKeepAlive(EventId? cursor);

    /// <summary>Tells a gap.</summary>
    public abstract OutletState WriteGap(Gap gap);

    /// <summary>Tells that the reader is level with the log. <paramref name="cursor"/> is the head's id.</summary>
    public abstract OutletState WriteLive(EventId cursor);

    /// <summary>
    /// Ends the stream properly, with a <c>retry:</c> where a time is given. Called once, last, and only while the outlet is not full.
    /// </summary>
    public abstract void End(int? retryMilliseconds);

    /// <summary>Cuts the stream off: the peer is gone, or has not read for too long. Called once, last.</summary>
    public abstract void Abort();

    /// <summary>Runs on the lane when the outlet is attached, and may write the first bytes.</summary>
    protected virtual OutletState OnAttached() => OutletState.Ready;
}

/// <summary>Whether an outlet can take more.</summary>
internal enum OutletState
{
    /// <summary>It can.</summary>
    Ready,

    /// <summary>It holds what it was given and can take nothing more until it signals.</summary>
    Full,

    /// <summary>The peer is gone.</summary>
    Closed,
}
