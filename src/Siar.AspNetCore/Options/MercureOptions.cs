using System.ComponentModel.DataAnnotations;

namespace Siar.AspNetCore;

/// <summary>How the Mercure protocol is served. Checked when the application starts.</summary>
public sealed class MercureOptions
{
    /// <summary>The path at which it is served, from a slash, without one at the end. Default: <c>/.well-known/mercure</c>, which clients of 0.x expect.</summary>
    [RegularExpression("(/[A-Za-z0-9._~-]+)+")]
    public string Path { get; set; } = "/.well-known/mercure";

    /// <summary>
    /// Whether who is subscribed can be asked, and is told to those who may know, as events; each coming and going of a reader of this path is
    /// then an event in the log. Default: true.
    /// </summary>
    public bool Subscriptions { get; set; } = true;

    /// <summary>Matchers of one subscription of Mercure 1.0, from 1 to 100,000; default 100. One of 0.x may have as many as <c>Limits.TopicsPerRequest</c>.</summary>
    [Range(1, 100_000)]
    public int MatchersPerRequest { get; set; } = 100;

    /// <summary>Bytes of the body of a <c>QUERY</c> request, which asks for events as a query does; from 1 KiB to 64 MiB, default 4 MiB: a thousand topics of the longest kind.</summary>
    [Range(1 << 10, 64 << 20)]
    public int QueryBytes { get; set; } = 4 << 20;

    /// <summary>
    /// Whether readers that are turned away for want of room are answered 200, a time to wait and the end, as on <c>/events</c>, which an
    /// <c>EventSource</c> survives; else 429 or 503, as the protocol says. Default: false.
    /// </summary>
    public bool RefuseSoftly { get; set; }
}
