using Siar.Auth;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>How readers of one API ask for events: all that an endpoint has to do with it. What is wrong with a request it notes on the fields.</summary>
internal interface ISubscribeFormat
{
    /// <summary>Reads the fields in the request's head.</summary>
    RequestFields ReadFields(HttpRequest request);

    /// <summary>How long a body may be that holds further fields; zero where the request has none.</summary>
    int MostBodyBytes(HttpRequest request);

    /// <summary>Says what the caller may read.</summary>
    ValueTask<AccessDecision> AuthoriseAsync(HttpContext context, RequestFields fields);

    /// <summary>The dialect in which a refusal is told.</summary>
    TokenDialect DialectOf(RequestFields fields, in AccessDecision decision);

    /// <summary>Reads what a caller wants who may read.</summary>
    SubscribeCommand Read(HttpContext context, RequestFields fields, SiarAccess access, TokenDialect dialect);

    /// <summary>Answers a request that is refused.</summary>
    Task RefuseAsync(HttpContext context, Refusal refusal, TokenDialect dialect);
}

/// <summary>
/// Every reader over HTTP, whatever the API, from the first look at its request to the last byte:
/// <list type="number">
/// <item>read the fields, authorise the caller, read what it wants: what is wrong with the request itself is answered with its status;</item>
/// <item>take a place among the open streams and let the hub find where the reader begins: what is short turns the reader away;</item>
/// <item>send the stream, or the page.</item>
/// </list>
/// May be used from any thread.
/// </summary>
internal sealed class StreamPipeline(
    EventHub hub, AccessResolver resolver, BodyReaders bodies, ConnectionLimiter connections, StreamResponse streams, PageResponse pages, StreamRefusal refusals)
{
    // Gives the place back when a stream ends that has outlived its request, of which nothing is held until then.
    private readonly Action<Subscriber> _leave = subscriber => connections.Leave(subscriber.Request.Address, subscriber.Request.Reader);

    /// <summary>Serves a reader.</summary>
    public async Task RunAsync(HttpContext context, ISubscribeFormat format)
    {
        StreamConventions.Apply(context);
        var (command, refusal, dialect) = await ReadAsync(context, format);
        if (refusal is not null) await format.RefuseAsync(context, refusal, dialect);
        else await EnterAsync(context, command!);
    }

    /// <summary>Step 1. Nothing of the fields and the body outlives it: the stream may last for hours.</summary>
    private async ValueTask<Reading> ReadAsync(HttpContext context, ISubscribeFormat format)
    {
        var fields = format.ReadFields(context.Request);
        AccessDecision? unread = null;
        RequestBody? body = null;
        if (format.MostBodyBytes(context.Request) is > 0 and var most)
        {
            fields.Refuse(RequestBody.CheckForm(context.Request));
            // Before the body, which costs memory: whatever its fields may say, they change nothing about this decision.
            unread = await resolver.ResolveUnreadAsync(context);
            if ((unread?.Refusal ?? fields.Refusal) is null)
            {
                (body, var refused) = await bodies.OfReaders.ReadAsync(context.Request, most);
                if (refused is null) fields.AddForm(body!.Bytes);
                fields.Refuse(refused);
            }
        }

        using var held = body;
        var decision = unread ?? await format.AuthoriseAsync(context, fields);
        var dialect = format.DialectOf(fields, decision);
        if ((decision.Refusal ?? fields.Refusal ?? resolver.FindRevocation(context, decision.Access!)) is { } refusal) return new Reading(null, refusal, dialect);
        var command = format.Read(context, fields, decision.Access!, dialect);
        return new Reading(command, fields.Refusal, dialect);
    }

    private async Task EnterAsync(HttpContext context, SubscribeCommand command)
    {
        if (hub.IsDraining)
        {
            await TurnAwayAsync(context, command, Refusal.Draining);
            return;
        }

        var (address, reader) = (command.Request.Address, command.Request.Reader);
        var entered = connections.TryEnter(address, reader);
        if (entered is not ConnectionRefusal.None)
        {
            await TurnAwayAsync(context, command, Refusal.NoPlace(entered));
            return;
        }

        Subscriber? handedOver = null;
        try
        {
            if (command.Representation is Representation.Page) await pages.RunAsync(context, command);
            else handedOver = await streams.RunAsync(context, command);
        }
        catch (LimitExceededException failure)
        {
            await TurnAwayAsync(context, command, Refusal.NoRoomForPatterns(failure));
        }
        finally
        {
            if (handedOver is null) connections.Leave(address, reader);
            else LeaveWhenEnded(context, handedOver);
        }
    }

    private void LeaveWhenEnded(HttpContext context, Subscriber handedOver)
    {
        // Made for a stream of its own only where somebody wants to read of it.
        if (AccessEntry.Of(context) is { } entry) handedOver.WhenEnded(entry.HandOver(_leave));
        else handedOver.WhenEnded(_leave);
    }

    // Readers of JSON always get a status.
    private Task TurnAwayAsync(HttpContext context, SubscribeCommand command, Refusal refusal) => refusals.SendAsync(
        context, refusal, softly: command.Format.RefusesSoftly && command.Representation is Representation.ServerSentEvents && !command.WantsStatus);

    /// <summary>What a reader wants, or why it does not get it.</summary>
    private readonly record struct Reading(SubscribeCommand? Command, Refusal? Refusal, TokenDialect Dialect);
}
