using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// Where a subscriber's bytes go. Its lane alone calls it, one call at a time, so an outlet needs no lock; it must never block.
/// It tells the lane of changes through the <see cref="IOutletSignal"/> that it was attached with.
/// </summary>
internal abstract class Outlet
{
    /// <summary>How the outlet reaches its lane; set before any other call of the lane.</summary>
    public IOutletSignal Signal { get; private set; } = null!;

    /// <summary>The form that it takes; null where it takes the events themselves. Those of one form are written to with one call.</summary>
    public virtual StreamForm? Form => null;

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

    /// <summary>Whether its writes run nothing but the hub's own code, so that a publishing thread may make them.</summary>
    public virtual bool WritesInPlace => false;

    /// <summary>Tells the outlet which lane it belongs to from now on. The first bytes may be written here.</summary>
    public OutletState Attach(IOutletSignal signal)
    {
        Signal = signal;
        return OnAttached();
    }

    /// <summary>
    /// Writes frames in order. The lane offers at most 64 KiB at once, or one frame that is larger. The outlet takes them all, unless the result says
    /// how many it left. After <see cref="OutletState.Full"/> the lane offers nothing more until <see cref="IOutletSignal.Writable"/>.
    /// </summary>
    /// <param name="frames">What to write; valid during the call only.</param>
    public abstract WriteResult Write(ReadOnlySpan<Frame> frames);

    /// <summary>
    /// Writes the same frames to several outlets, this one the first of them, with one call where that costs less than one by one. The failure of one
    /// outlet is its result; where the call itself throws, those whose result is not done have got nothing of it, and are written to one by one.
    /// </summary>
    /// <param name="outlets">At least two, each once, all of one form.</param>
    /// <param name="frames">What to write; valid during the call only.</param>
    /// <param name="results">What comes of it for each; not done before the call.</param>
    public virtual void WriteMany(ReadOnlySpan<Outlet> outlets, ReadOnlySpan<Frame> frames, Span<WriteResult> results)
    {
        for (var i = 0; i < outlets.Length; i++)
        {
            try
            {
                results[i] = outlets[i].Write(frames);
            }
            catch (Exception failure)
            {
                results[i] = WriteResult.Failed(failure);
            }
        }
    }

    /// <summary>Writes what the outlet kept of what it was given before. Called first of all after <see cref="IOutletSignal.Writable"/>.</summary>
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

    /// <summary>Tells a reader that takes signals that its caller is not wanted any more. <see cref="End"/> follows where the outlet can take it. Default: nothing is told.</summary>
    public virtual OutletState WriteRevoked(RevokedSignal signal) => OutletState.Ready;

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

/// <summary>What came of a write. The default value: nothing was written.</summary>
internal readonly record struct WriteResult
{
    private WriteResult(OutletState state, int untaken, Exception? failure)
    {
        IsDone = true;
        State = state;
        Untaken = untaken;
        Failure = failure;
    }

    /// <summary>Whether anything was done; otherwise the outlet is to be written to again.</summary>
    public bool IsDone { get; }

    public OutletState State { get; }

    /// <summary>
    /// How many of the last frames the outlet has no part of, where it is not <see cref="OutletState.Ready"/>. They stay behind the reader's cursor and
    /// are offered again. A frame of which it has a part is taken: the outlet keeps the rest.
    /// </summary>
    public int Untaken { get; }

    /// <summary>What the write has thrown; the stream ends.</summary>
    public Exception? Failure { get; }

    /// <summary>All was taken, and the outlet is in a state.</summary>
    public static implicit operator WriteResult(OutletState state) => new(state, 0, null);

    /// <summary>Some frames were left.</summary>
    public static WriteResult Left(int untaken, OutletState state) => new(state, untaken, null);

    /// <summary>The write has thrown.</summary>
    public static WriteResult Failed(Exception failure) => new(OutletState.Closed, 0, failure);
}

/// <summary>How an outlet reaches its lane. May be called from any thread, at any time, also late: a signal for an ended subscriber is ignored.</summary>
internal interface IOutletSignal
{
    /// <summary>What was written has been taken; the outlet can take more.</summary>
    void Writable();

    /// <summary>The peer has closed or reset the connection.</summary>
    void Closed();
}
