using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>How a hub and its doors behave. Checked when the application starts; a wrong value stops the start with a sentence that names it.</summary>
public sealed class SiarOptions
{
    /// <summary>How the hub behind the doors behaves: keep-alives, lifetimes, memory, limits, retention.</summary>
    [ValidateObjectMembers]
    public HubOptions Hub { get; } = new();

    /// <summary>What strangers may cost: the limits of <see cref="Hub"/>, in easy reach.</summary>
    [ValidateObjectMembers]
    public LimitOptions Limits => Hub.Limits;

    /// <summary>
    /// The hub's own URL as the world knows it, whatever host a request names: tokens of Mercure 1.0 name it as their audience (<c>aud</c>), and
    /// relative topics and URL Patterns are relative to it. An absolute <c>http</c> or <c>https</c> URL with a path, as in
    /// <c>https://example.com/.well-known/mercure</c>. Default: the first address that the server listens on, with <see cref="MercureOptions.Path"/>.
    /// </summary>
    public string? Resource { get; set; }

    /// <summary>How the Mercure protocol is served.</summary>
    [ValidateObjectMembers]
    public MercureOptions Mercure { get; } = new();

    /// <summary>
    /// The topics whose public events everybody may read, without credentials: topics, URL Patterns (with a <c>*</c>, as in <c>news/*</c>), URI Templates (with a
    /// <c>{</c>), or <c>*</c> for all. <c>AllowAnonymousReaders</c> adds to it. Default: none.
    /// </summary>
    public IList<string> AnonymousReaders { get; } = [];

    /// <summary>
    /// Origins whose pages may use the hub's doors from a browser (CORS), with credentials: <c>https://app.example.com</c>, with one <c>*</c> for
    /// what stands before a domain (<c>https://*.example.com</c>), or <c>*</c> for all pages, then without credentials. Default: none but the hub's own.
    /// </summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>
    /// Names of header fields that pages of those origins may send besides the hub's own and those of tracing (<c>traceparent</c>, <c>tracestate</c>,
    /// <c>baggage</c>), such as one that an authorisation hook looks at. Default: none.
    /// </summary>
    public IList<string> AllowedHeaders { get; } = [];

    /// <summary>
    /// Whether callers without any authorisation may publish and read everything. Requests must then name a loopback host and come from a
    /// loopback address, without a sign of a proxy, and those of a browser from a page of the same origin or of a loopback one in <see cref="AllowedOrigins"/>.
    /// Default null: in the Development environment, unless there are keys or an authorisation hook.
    /// </summary>
    public bool? DevelopmentMode { get; set; }

    /// <summary>Whether tokens count: set by <c>UseTokens</c>.</summary>
    internal bool HasTokens { get; set; }

    /// <summary>
    /// Whether one line is logged for each request to the hub when it is over, and for each stream when that is, at the level Information in the category
    /// <c>Siar.AspNetCore.AccessLog</c>: who, what, how long, how many events, and why it ended; never a token or a cookie. Default: false.
    /// </summary>
    public bool AccessLog { get; set; }

    /// <summary>Takes over what a running hub can change and asks for when it needs it.</summary>
    internal void TakeOver(SiarOptions newer)
    {
        Hub.TakeOver(newer.Hub);
        AccessLog = newer.AccessLog;
        PageEvents = newer.PageEvents;
        MaxPageEvents = newer.MaxPageEvents;
        PageBytes = newer.PageBytes;
        MaxWaitSeconds = newer.MaxWaitSeconds;
    }

    /// <summary>Events on a page of JSON where the request has no <c>limit</c>, from 1 to 10,000; default 100.</summary>
    [Range(1, 10_000)]
    public int PageEvents { get; set; } = 100;

    /// <summary>The highest <c>limit</c> that a request for a page may have, from 1 to 100,000; default 1,000. A higher one is lowered to it.</summary>
    [Range(1, 100_000)]
    public int MaxPageEvents { get; set; } = 1_000;

    /// <summary>
    /// Data on a page of JSON after which no further event is put on it, in bytes: a page is held in memory. From 1 KiB to 64 MiB; default 1 MiB.
    /// </summary>
    [Range(1 << 10, 64 << 20)]
    public int PageBytes { get; set; } = 1 << 20;

    /// <summary>
    /// The longest <c>wait</c> of a long poll, in seconds, from 1 to 3,600; default 60. Proxies cut answers that take longer to begin. A
    /// higher one is lowered to it.
    /// </summary>
    [Range(1, 3_600)]
    public int MaxWaitSeconds { get; set; } = 60;
}
