using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>Answers one page of JSON, at once or, with <c>wait=</c>, when there is something to tell. It reads as every reader does: through a lane.</summary>
internal sealed class PageResponse(EventHub hub, TimeProvider time, IOptions<SiarOptions> options, RefusalResponse refusals)
{
    // A complete page never changes while its events are kept; an hour bounds how long caches keep events after that. A shared cache does
    // not store the answer to a request with credentials (RFC 9111, 3.5) unless told to.
    private const string Immutable = "max-age=3600, immutable";

    // A log that takes longer to come to a page's end does not come to it.
    private static readonly TimeSpan ReadDeadline = TimeSpan.FromSeconds(30);

    private static readonly Refusal Unreadable = new(
        StatusCodes.Status503ServiceUnavailable, RefusalReason.LogUnavailable, "The hub's log could not be read; why is in the hub's own log. Ask again with the same cursor.");

    private static readonly Refusal TooSlow = new(
        StatusCodes.Status503ServiceUnavailable, RefusalReason.LogUnavailable, "The hub's log did not answer in time. Ask again with the same cursor.");

    public async Task RunAsync(HttpContext context, SubscribeCommand command)
    {
        var (request, wait) = (command.Request, command.PageWait);
        var page = new PageOutlet(command.PageLimit, options.Value.PageBytes, waits: wait > 0);
        var subscriber = await hub.AttachAsync(request, page, context.RequestAborted);
        command.OnAttached?.Invoke(subscriber);
        var isInTime = await WaitAsync(context, page, wait);
        subscriber.Close(EndReason.Requested);
        var reason = await subscriber.Ended;

        if (reason is EndReason.Revoked)
        {
            await refusals.SendAsync(context, hub.Revocations.Find(request.Marks, request.Address) is { } revocation ? Refusal.Revoked(revocation) : Refusal.InvalidToken);
            return;
        }

        // What is on the page is told; the next one says why it ends there. A page without anything would say that nothing is new.
        if (page.IsEmpty && !page.IsLevel && !context.RequestAborted.IsCancellationRequested && (reason is EndReason.Failed || !isInTime))
        {
            await refusals.SendAsync(context, (reason is EndReason.Failed ? Unreadable : TooSlow) with { RetryAfter = hub.Options.ReconnectDelay });
            return;
        }

        if (!page.IsCutShort) AddClosed(page, request, subscriber.Cursor);
        await AnswerAsync(context, command, page, subscriber.Cursor);
    }

    // A page stands for itself: it says what is closed also where that was told before.
    private void AddClosed(PageOutlet page, SubscribeRequest request, long readThrough)
    {
        foreach (var matcher in request.Matchers.Matchers)
        {
            if (matcher.Kind is not MatcherKind.Exact || !Topic.TryCreate(matcher.Value, out var topic, out _)) continue;
            if (!page.Closed.Contains(topic) && Closing.Find(hub.Log, topic, request.Grants, readThrough) is not null) page.Closed.Add(topic);
        }
    }

    private async Task<bool> WaitAsync(HttpContext context, PageOutlet page, int wait)
    {
        var patience = wait > 0 ? TimeSpan.FromSeconds(wait) : ReadDeadline;
        try
        {
            if (await IsDoneAsync(page, patience, context.RequestAborted)) return true;
            if (page.IsLevel || patience >= ReadDeadline) return false;
            return await IsDoneAsync(page, ReadDeadline - patience, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The page ends with what is on it.
            return false;
        }
    }

    private async Task<bool> IsDoneAsync(PageOutlet page, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await page.Done.WaitAsync(patience, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private Task AnswerAsync(HttpContext context, SubscribeCommand command, PageOutlet page, long readThrough)
    {
        var cursor = page.IsCutShort ? HubEventId.Create(page.Events[^1].Epoch, page.Events[^1].Position) : HubEventId.Create(hub.Log.EpochAt(readThrough), readThrough);
        var body = Write(page, cursor);
        var response = context.Response;
        response.ContentType = Negotiation.Json;
        response.Headers.XContentTypeOptions = "nosniff";
        if (page.IsComplete && page.Gap is null && HubEventId.TryParse(command.Request.Start.Id, out _))
            return AnswerImmutableAsync(context, body, isPublic: command.IsForEverybody);

        response.Headers.CacheControl = "no-store";
        return SendAsync(context, body);
    }

    // Only after an id that the hub made: what 'earliest' or a publisher's repeated id means changes as the log is trimmed.
    private static Task AnswerImmutableAsync(HttpContext context, ReadOnlyMemory<byte> body, bool isPublic)
    {
        var response = context.Response;
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(body.Span).AsSpan(0, 16))}\"");
        response.Headers.ETag = tag.ToString();
        response.Headers.CacheControl = isPublic ? Immutable : "private, " + Immutable;
        response.Headers.Vary = "Accept, Authorization, Cookie, Last-Event-ID";
        if (!IsKnown(context.Request, tag)) return SendAsync(context, body);

        response.ContentType = null;
        response.StatusCode = StatusCodes.Status304NotModified;
        return Task.CompletedTask;
    }

    // RFC 9110, 13.1.2: the weak comparison, and '*' for any.
    private static bool IsKnown(HttpRequest request, EntityTagHeaderValue tag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
        && known.Any(k => k.Equals(EntityTagHeaderValue.Any) || k.Compare(tag, useStrongComparison: false));

    private static async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static ReadOnlyMemory<byte> Write(PageOutlet page, EventId cursor)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, EventJson.WriterOptions);
        json.WriteStartObject();
        json.WriteStartArray("events"u8);
        foreach (var logged in page.Events) EventJson.Write(json, logged);
        json.WriteEndArray();
        json.WriteString("cursor"u8, cursor.Value);
        if (page.Closed.Count > 0)
        {
            json.WriteStartArray("closed"u8);
            foreach (var topic in page.Closed) json.WriteStringValue(topic.Value);
            json.WriteEndArray();
        }

        if (page.Gap is { } gap)
        {
            json.WriteStartObject("gap"u8);
            SignalJson.WriteGapMembers(json, gap);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
