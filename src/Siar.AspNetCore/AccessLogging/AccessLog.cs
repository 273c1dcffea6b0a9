using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// Writes one line for each request to the hub when it is over, and for each stream when that is: who, what, how long, how many events, and why it ended. Off unless
/// the options say otherwise. No token and no cookie is in it. May be used from any thread.
/// </summary>
internal sealed partial class AccessLog(IOptions<SiarOptions> options, HubMetrics metrics, TimeProvider time, ILogger<AccessLog> logger)
{
    /// <summary>Begins with a request; null where nothing is to be written.</summary>
    /// <param name="context">The request.</param>
    /// <param name="query">Its query, with no token in it; called only where something is to be written.</param>
    public AccessEntry? Begin(HttpContext context, Func<HttpContext, string> query)
    {
        if (!options.Value.AccessLog || !logger.IsEnabled(LogLevel.Information)) return null;
        var entry = new AccessEntry(this, context, query(context), time.GetTimestamp());
        context.Features.Set(entry);
        return entry;
    }

    /// <summary>Writes the line. A logger that fails does no harm: of a stream it is written by a work item of the thread pool, which would end the process.</summary>
    public void Write(AccessEntry entry)
    {
        try
        {
            var milliseconds = (long)time.GetElapsedTime(entry.Since).TotalMilliseconds;
            LogEnded(entry.Address, entry.Caller, entry.Method, entry.Target, entry.Protocol, entry.Status, milliseconds, entry.Events, entry.Reason);
        }
        catch (Exception failure)
        {
            metrics.CountFailure(failure);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Address} {Caller} {Method} {Target} {Protocol} {Status} {Milliseconds} ms, {Events} events, {Reason}")]
    private partial void LogEnded(string address, string caller, string method, string target, string protocol, int status, long milliseconds, long events, string reason);
}
