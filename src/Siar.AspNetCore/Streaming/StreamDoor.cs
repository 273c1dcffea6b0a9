using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>
/// Serves a reader that may read, from the first look at its request to the last byte:
/// <list type="number">
/// <item>choose the representation, read the cursor: what is wrong with the request itself is answered with its status;</item>
/// <item>take a place among the open streams and let the hub find where the reader begins: what is short is a <see cref="SoftRefusal"/>;</item>
/// <item>send the stream, or the page.</item>
/// </list>
/// </summary>
internal sealed class StreamDoor(
    EventHub hub, ConnectionLimiter connections, CursorReader cursors, Refuser refuser, SoftRefusal softly, StreamRunner streams, PageRunner pages)
{
    private readonly StreamStyle _plain = new() { InitialRetry = (int)hub.Options.ReconnectDelay.TotalMilliseconds };
    private readonly StreamStyle _withSignals = new() { InitialRetry = (int)hub.Options.ReconnectDelay.TotalMilliseconds, TakesSignals = true };

    public async Task ServeAsync(HttpContext context, QueryFields query, MatcherSet matchers, SiarAccess access)
    {
        StreamConventions.Apply(context);
        var cursor = Cursor.Now;
        int? last = null;
        var snapshot = false;
        var signals = false;
        var refusal = Negotiation.Choose(context.Request, out var representation)
            ?? query.Switch("signals", out signals)
            ?? cursors.Read(context.Request, query, signals, out cursor)
            ?? PreludeReader.Read(query, hub.Options.Limits, out last, out snapshot)
            ?? CheckPatterns(matchers);
        if (refusal is not null)
        {
            await refuser.AnswerAsync(context, refusal);
            return;
        }

        var request = new SubscribeRequest
        {
            Matchers = matchers, Grants = access.Subscribe, Start = cursor, EndsAt = access.EndsAt, Reader = access.Credential,
            Address = ClientAddress.Of(context), Last = last, Snapshot = snapshot,
        };
        await EnterAsync(context, query, representation, request, signals ? _withSignals : _plain);
    }

    /// <summary>Serves a reader whose request is known to be good.</summary>
    public async Task EnterAsync(HttpContext context, QueryFields query, Representation representation, SubscribeRequest request, StreamStyle style)
    {
        if (hub.IsDraining)
        {
            await softly.AnswerAsync(context, query, representation, style, SoftRefusal.Draining);
            return;
        }

        var address = request.Address;
        var entered = connections.TryEnter(address, request.Reader);
        if (entered is not ConnectionRefusal.None)
        {
            await softly.AnswerAsync(context, query, representation, style, SoftRefusal.Of(entered));
            return;
        }

        Subscriber? handedOver = null;
        try
        {
            if (representation is Representation.Page) await pages.RunAsync(context, query, request);
            else handedOver = await streams.RunAsync(context, representation, request, style);
        }
        catch (LimitExceededException failure)
        {
            await softly.AnswerAsync(context, query, representation, style, SoftRefusal.Patterns(failure.Message));
        }
        finally
        {
            if (handedOver is null) connections.Leave(address, request.Reader);
            else LeaveAtEnd(handedOver, address, request.Reader);
        }
    }

    /// <summary>Gives the place back when a stream ends that has outlived its request. Nothing of the request is held until then.</summary>
    private void LeaveAtEnd(Subscriber subscriber, string? address, CallerIdentity reader)
    {
        using (ExecutionContext.SuppressFlow()) _ = LeaveAsync();

        async Task LeaveAsync()
        {
            await subscriber.Ended;
            connections.Leave(address, reader);
        }
    }

    private Refusal? CheckPatterns(MatcherSet matchers)
    {
        var patterns = matchers.Matchers.Count(m => m.IsPattern);
        var most = hub.Options.Limits.PatternsPerConnection;
        return patterns > most ? Refusal.TooLarge($"The request has {patterns} patterns; at most {most} are taken.") : null;
    }
}
