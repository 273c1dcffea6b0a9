using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>
/// <c>/revocations</c>: <c>POST</c> ends the streams of callers and refuses them for a while, <c>DELETE</c> lifts that, <c>GET</c> lists what is in force. Only for those with a
/// grant to publish to the hub's own topic <c>…/revocations</c>, or who pass an authorisation that is set on the endpoint.
/// </summary>
internal sealed class RevocationEndpoints(EventHub hub, EndpointMapper mapper, AccessResolver resolver, HubUrl url, RefusalResponse refusals, TimeProvider time)
{
    /// <summary>Where it is.</summary>
    public const string Path = "/revocations";

    private const string Deed = "revoke callers";

    private readonly Topic _topic = Topic.Parse(url.Path + Path);

    /// <summary>Registers what the endpoints need.</summary>
    public static void Register(IServiceCollection services) => services.AddSingleton<RevocationEndpoints>();

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        mapper.Map(endpoints, Path, [HttpMethods.Post], context => AnswerAsync(context, RevokeAsync), isForPages: false).WithDisplayName("Siar: revoke callers");
        mapper.Map(endpoints, Path, [HttpMethods.Delete], context => AnswerAsync(context, LiftAsync), isForPages: false).WithDisplayName("Siar: lift a revocation");
        mapper.Map(endpoints, Path, EndpointMapper.Reading, context => AnswerAsync(context, ListAsync), isForPages: false).WithDisplayName("Siar: revocations in force");
    }

    private async Task AnswerAsync(HttpContext context, Func<HttpContext, RequestFields, Task<Refusal?>> answer)
    {
        var refusal = await resolver.CheckDeedAsync(context, _topic, Deed) ?? await RunAsync(context, answer);
        if (refusal is not null) await refusals.SendAsync(context, refusal);
    }

    private async Task<Refusal?> RunAsync(HttpContext context, Func<HttpContext, RequestFields, Task<Refusal?>> answer)
    {
        try
        {
            return await answer(context, RequestFields.OfQuery(context.Request));
        }
        catch (Exception failure) when (RefusalOf(failure, hub.Options.ReconnectDelay) is { } failed)
        {
            return failed;
        }
    }

    private static Refusal? RefusalOf(Exception failure, TimeSpan wait) => failure switch
    {
        LimitExceededException => new Refusal(StatusCodes.Status503ServiceUnavailable, RefusalReason.Revocations, failure.Message),
        LogUnavailableException { MayBeKept: true } => new Refusal(
            StatusCodes.Status503ServiceUnavailable, RefusalReason.LogUnavailable, "The hub's log failed while it took this, which may hold now or not. It is safe to send it again.") { RetryAfter = wait },
        LogUnavailableException { State: LogState.Full } => new Refusal(
            StatusCodes.Status507InsufficientStorage, RefusalReason.LogFull, "The hub's log has no room left; nothing holds that did not hold before. Send it again when room was made.") { RetryAfter = wait },
        LogUnavailableException => new Refusal(
            StatusCodes.Status503ServiceUnavailable, RefusalReason.LogUnavailable, "The hub's log takes nothing at the moment; nothing holds that did not hold before. Why is in the hub's own log.") { RetryAfter = wait },
        HubStoppedException => new Refusal(StatusCodes.Status503ServiceUnavailable, RefusalReason.Stopped, "The hub has stopped; nothing holds that did not hold before.") { RetryAfter = wait },
        _ => null,
    };

    private async Task<Refusal?> RevokeAsync(HttpContext context, RequestFields fields)
    {
        var now = time.GetUtcNow();
        var callers = RevocationInput.ReadCallers(fields);
        var until = RevocationInput.ReadUntil(fields, now);
        if (fields.Refusal is { } refusal) return refusal;
        if (!hub.Revocations.HasClass)
            return new Refusal(StatusCodes.Status503ServiceUnavailable, RefusalReason.Revocations, "The log's retention has no class for revocations: have it adopt the settings of this hub ('siar log plan --adopt', or AdoptRetention).");
        if (until == now)
        {
            await hub.DisconnectAsync(callers!, context.RequestAborted);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return null;
        }

        var revocation = await hub.RevokeAsync(callers!, until, context.RequestAborted);
        await SendAsync(context, json => RevocationInput.Write(json, revocation));
        return null;
    }

    private async Task<Refusal?> LiftAsync(HttpContext context, RequestFields fields)
    {
        var callers = RevocationInput.ReadCallers(fields);
        if (fields.Refusal is { } refusal) return refusal;
        if (!await hub.LiftRevocationAsync(callers!, context.RequestAborted))
            return new Refusal(StatusCodes.Status404NotFound, RefusalReason.Invalid, "There is no such revocation in force: one is lifted by the same words with which it was made. 'GET /revocations' lists them.");
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return null;
    }

    private async Task<Refusal?> ListAsync(HttpContext context, RequestFields fields)
    {
        await SendAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("revocations"u8);
            foreach (var revocation in hub.Revocations.InForce.OrderBy(r => r.Until)) RevocationInput.Write(json, revocation);
            json.WriteEndArray();
            json.WriteEndObject();
        });
        return null;
    }

    private static Task SendAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, EventJson.WriterOptions)) write(json);
        var response = context.Response;
        response.ContentType = Negotiation.Json;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        response.ContentLength = buffer.WrittenCount;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted).AsTask();
    }
}
