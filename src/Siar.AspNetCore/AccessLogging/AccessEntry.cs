using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// What the access log will say of one request. It holds what a stream needs that outlives its request, and nothing of the request itself. Those who serve the
/// request note on it what they know.
/// </summary>
internal sealed class AccessEntry
{
    private const string Unknown = "-";

    // A thousand topics may stand in a query: a line is to be read.
    private const int LongestTarget = 512;

    private readonly AccessLog _log;
    private Subscriber? _subscriber;
    private bool _outlivesRequest;

    public AccessEntry(AccessLog log, HttpContext context, string query, long since)
    {
        _log = log;
        Since = since;
        Address = context.Connection.RemoteIpAddress?.ToString() ?? Unknown;
        Method = context.Request.Method;
        Protocol = context.Request.Protocol;
        Target = Shortened(context.Request.Path.ToUriComponent() + query);
    }

    public long Since { get; }

    public string Address { get; }

    /// <summary>Who asked, as a token or the application says.</summary>
    public string Caller { get; private set; } = Unknown;

    public string Method { get; }

    public string Target { get; }

    public string Protocol { get; }

    public int Status { get; private set; }

    /// <summary>How many events were published, or sent.</summary>
    public long Events { get; private set; }

    /// <summary>Why it ended: a word of the metrics for a refusal and for a stream, else <c>answered</c>.</summary>
    public string Reason { get; private set; } = "answered";

    /// <summary>The entry of a request; null where nothing is to be written of it.</summary>
    public static AccessEntry? Of(HttpContext context) => context.Features.Get<AccessEntry>();

    /// <summary>Notes who asked.</summary>
    public void Identify(CallerIdentity caller)
    {
        if (!caller.IsNone) Caller = Printable(caller.ToString());
    }

    /// <summary>Notes how many events were published.</summary>
    public void Publish(int events) => Events = events;

    /// <summary>Notes why the request was refused.</summary>
    public void Refuse(string reason) => Reason = reason;

    /// <summary>Notes that a stream was opened.</summary>
    public void Follow(Subscriber subscriber) => _subscriber = subscriber;

    /// <summary>The request is over; its stream may not be.</summary>
    public void EndRequest(HttpContext context)
    {
        Status = context.Response.StatusCode;
        if (_outlivesRequest) return;
        if (_subscriber is { } subscriber) EndStream(subscriber);
        else if (context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted) Reason = ReasonNames.Of(EndReason.PeerClosed);
        _log.Write(this);
    }

    /// <summary>The stream goes on without the request, whose answer has begun.</summary>
    /// <param name="leave">What is done at its end besides.</param>
    /// <returns>What is to be done at its end.</returns>
    public Action<Subscriber> HandOver(Action<Subscriber> leave)
    {
        _outlivesRequest = true;
        return subscriber =>
        {
            leave(subscriber);
            // A logger may wait for a disk, which a lane must not.
            ThreadPool.UnsafeQueueUserWorkItem(static of => of.Entry.WriteStream(of.Subscriber), (Entry: this, Subscriber: subscriber), preferLocal: false);
        };
    }

    private void WriteStream(Subscriber subscriber)
    {
        EndStream(subscriber);
        _log.Write(this);
    }

    private void EndStream(Subscriber subscriber)
    {
        Events = subscriber.EventsSent;
        Reason = ReasonNames.Of(subscriber.Reason);
    }

    private static string Shortened(string target) => target.Length <= LongestTarget ? target : target[..LongestTarget] + "…";

    // A name is whatever an issuer has written: it must not begin a line of its own.
    private static string Printable(string name) => string.Create(Math.Min(name.Length, LongestTarget), name, static (span, name) =>
    {
        for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(name[i]) ? '?' : name[i];
    });
}
