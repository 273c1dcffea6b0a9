using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Routing;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// Counts the requests to the hub's endpoints by route, method and status, when they are over; a stream that goes on without its request counts as its answer began. To
/// count one allocates nothing: the figures are told when somebody asks. May be used from any thread.
/// </summary>
internal sealed class RequestMetrics : IDisposable
{
    // What nginx writes of a client that has gone before it was answered.
    private const int ClientGone = 499;

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Options, HttpMethods.Delete, "QUERY"];

    private readonly ConcurrentDictionary<(string Route, string Method, int Status), StrongBox<long>> _counts = [];
    private readonly Meter _meter = new(HubMetrics.Name);

    public RequestMetrics() => _meter.CreateObservableCounter("siar.http.requests", Observe, "{request}", "Requests to the hub's endpoints, by route, method and status.");

    /// <summary>Counts a request that is over.</summary>
    public void Count(HttpContext context)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";

        // The token is made when it is first asked for.
        var status = !context.Response.HasStarted && context.RequestAborted.IsCancellationRequested ? ClientGone : context.Response.StatusCode;
        var count = _counts.GetOrAdd((route, MethodOf(context.Request.Method), status), static _ => new StrongBox<long>());
        Interlocked.Increment(ref count.Value);
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Observe() => _counts.Select(each => new Measurement<long>(
        Interlocked.Read(ref each.Value.Value),
        new KeyValuePair<string, object?>("route", "/" + each.Key.Route.TrimStart('/')),
        new KeyValuePair<string, object?>("method", each.Key.Method),
        new KeyValuePair<string, object?>("status", each.Key.Status)));

    // A stranger may send any word.
    private static string MethodOf(string method)
    {
        foreach (var known in Methods)
        {
            if (method == known) return known;
        }

        return "other";
    }
}
