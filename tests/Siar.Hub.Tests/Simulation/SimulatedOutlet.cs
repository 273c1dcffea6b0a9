using System.IO.Compression;
using System.Text;
using Siar.Wire;

namespace Siar.Hub.Tests.Simulation;

/// <summary>
/// An outlet that takes down what it was given, and is full whenever the schedule says so. Like a socket it may then have left some of the
/// frames, and have part of another, of which it takes down nothing before it has the rest.
/// </summary>
internal sealed class SimulatedOutlet(Random random, double chanceOfFull, bool takesSignals, bool takesGzip) : Outlet, ISimulatedStream
{
    private static readonly GzipForm Gzip = new(SseForm.Plain, 40);

    private Written? _part;

    Outlet ISimulatedStream.Outlet => this;

    public List<Written> Taken { get; } = [];

    public bool IsFull { get; private set; }

    public bool IsStalled { get; set; }

    public bool IsOver { get; private set; }

    /// <inheritdoc />
    public override StreamForm Form => takesGzip ? Gzip : SseForm.Plain;

    /// <inheritdoc />
    public override bool TakesSignals => takesSignals;

    /// <inheritdoc />
    public override bool TakesGaps => true;

    /// <inheritdoc />
    public override WriteResult Write(ReadOnlySpan<Frame> frames)
    {
        RequireOpen();
        foreach (var frame in frames) (takesSignals || !frame.Event.Content.IsClosing).ShouldBeTrue("a reader was told of a closing, and had not asked");
        var state = StateNow();
        var untaken = state is OutletState.Full ? random.Next(frames.Length + 1) : 0;
        foreach (var frame in frames[..^untaken]) Taken.Add(Note(frame));
        if (untaken > 0 && random.Next(2) == 0)
        {
            _part = Note(frames[^untaken]);
            untaken--;
        }

        return WriteResult.Left(untaken, state);
    }

    /// <inheritdoc />
    public override OutletState Resume()
    {
        RequireOpen();
        if (_part is { } part) Taken.Add(part);
        _part = null;
        return StateNow();
    }

    /// <inheritdoc />
    public override OutletState WriteKeepAlive(EventId? cursor)
    {
        RequireOpen();
        (takesSignals || cursor is null).ShouldBeTrue("a reader was given an id without an event, and had not asked for it");
        if (cursor is { } id) Taken.Add(new Written(id, 0, "", WrittenKind.Cursor));
        return StateNow();
    }

    /// <inheritdoc />
    public override OutletState WriteGap(Gap gap)
    {
        RequireOpen();
        Taken.Add(new Written(gap.Resume, 0, gap.Reason.ToString(), WrittenKind.Gap));
        return StateNow();
    }

    /// <inheritdoc />
    public override OutletState WriteLive(EventId cursor)
    {
        RequireOpen();
        takesSignals.ShouldBeTrue("a reader was told that it is level, and had not asked");
        Taken.Add(new Written(cursor, 0, "", WrittenKind.Live));
        return StateNow();
    }

    /// <inheritdoc />
    public override void End(int? retryMilliseconds)
    {
        IsFull.ShouldBeFalse("a full outlet cannot be ended in order");
        Close();
    }

    /// <inheritdoc />
    public override void Abort() => Close();

    public void Drain()
    {
        if (!IsFull || IsStalled) return;
        IsFull = false;
        Signal.Writable();
    }

    // A closing that the reader has not read the log for comes with the id of its own place.
    private Written Note(Frame frame) => new(
        frame.Event.Id, frame.Event.Position, takesGzip ? Inflate(frame.In(Gzip).Payload) : Encoding.UTF8.GetString(frame.Payload), frame.Event.Content.IsClosing ? WrittenKind.Closing : WrittenKind.Event);

    // Deflate (RFC 1951, 3.2.3): a last block with nothing in it ends what the frame's blocks leave open.
    private static string Inflate(ReadOnlySpan<byte> blocks)
    {
        using var stream = new DeflateStream(new MemoryStream([.. blocks, 0x03, 0x00]), CompressionMode.Decompress);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private OutletState StateNow()
    {
        IsFull = IsStalled || random.NextDouble() < chanceOfFull;
        return IsFull ? OutletState.Full : OutletState.Ready;
    }

    private void RequireOpen()
    {
        IsFull.ShouldBeFalse("a full outlet was offered more");
        IsOver.ShouldBeFalse("an outlet was written to after its end");
    }

    private void Close()
    {
        IsOver.ShouldBeFalse("an outlet was ended twice");
        IsOver = true;
    }
}
