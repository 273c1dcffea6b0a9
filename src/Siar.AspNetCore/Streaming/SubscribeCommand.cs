using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>What a reader wants: which events, from where, in which form.</summary>
internal sealed record SubscribeCommand
{
    /// <summary>Which events, and from where.</summary>
    public required SubscribeRequest Request { get; init; }

    /// <summary>Who reads, as a token or the application says.</summary>
    public CallerIdentity Caller { get; init; }

    /// <summary>In which representation.</summary>
    public Representation Representation { get; init; }

    /// <summary>How the stream speaks.</summary>
    public required StreamFormat Format { get; init; }

    /// <summary>Whether a reader for whom there is no place wants to be told by a status, though it could be told softly.</summary>
    public bool WantsStatus { get; init; }

    /// <summary>Whether everybody who asked the same would get the same.</summary>
    public bool IsForEverybody { get; init; }

    /// <summary>Events that make a page complete.</summary>
    public int PageLimit { get; init; }

    /// <summary>How long a page waits for the first event, in seconds.</summary>
    public int PageWait { get; init; }

    /// <summary>Adds to the head of a stream's response what is known only when the reader's beginning is.</summary>
    public Action<HttpResponse, Subscriber>? OnPrepared { get; init; }

    /// <summary>Called when the reader is in its lane, before anything else is published that it could tell of itself.</summary>
    public Action<Subscriber>? OnAttached { get; init; }
}

/// <summary>How the streams of an API speak. Immutable; shared by its streams.</summary>
internal sealed record StreamFormat
{
    /// <summary>Whether the reader has asked to be told that it is level and what is closed, and to have its cursor moved by keep-alives.</summary>
    public bool TakesSignals { get; init; }

    /// <summary>Whether gaps are told in the stream.</summary>
    public bool TakesGaps { get; init; } = true;

    /// <summary>The <c>retry:</c> to begin with, in milliseconds; null for none.</summary>
    public int? InitialRetry { get; init; }

    /// <summary>Whether readers that are turned away for want of room are told in a way that an <c>EventSource</c> survives.</summary>
    public bool RefusesSoftly { get; init; } = true;

    /// <summary>The form of server-sent events.</summary>
    public StreamForm Form { get; init; } = SseForm.Plain;
}
