using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Siar.Auth;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>
/// <c>POST /events/{topic}</c> and <c>POST /events?topic=…</c>, one event whose data is the body; <c>POST /events</c> with lines of JSON, a batch.
/// </summary>
internal sealed class PlainPublish(EventHub hub, HubUrl url, RefusalResponse refusals) : IPublishFormat
{
    private static readonly byte[][] FormFields = [.. new[] { "data=", "topic=", "private=", "id=", "type=", "retry=" }.Select(System.Text.Encoding.ASCII.GetBytes)];

    private readonly string _formHint = "The body looks like a form, and was published as it is: here the body is the data. "
        + $"Did you mean to send the fields of a form to {url.Path}, or a text as text/plain (curl --data-binary with -H 'Content-Type: text/plain')?";

    public PublishHead ReadHead(HttpContext context, out RequestFields fields)
    {
        fields = RequestFields.OfQuery(context.Request);
        var topics = TopicsOf(context, fields);
        var isBatch = topics.IsEmpty;
        if (RequestBody.CheckText(context.Request, out var type) is { } wrong)
        {
            fields.Refuse(wrong);
        }
        else if (isBatch && type?.MediaType.Equals(Negotiation.Ndjson, StringComparison.OrdinalIgnoreCase) != true)
        {
            fields.Refuse(Refusal.Invalid(
                $"The request names no topic: give one in the path (/events/TOPIC) or in the query (topic=), or send a batch as {Negotiation.Ndjson}."));
        }

        return new PublishHead(topics, isBatch ? hub.Options.Limits.RequestBytes : hub.Options.Limits.EventBytes);
    }

    public ImmutableArray<Topic> ReadTopics(RequestFields fields, byte[] body, SiarAccess access) => [];

    public PublishCommand ReadEvents(HttpContext context, ImmutableArray<Topic> topics, RequestFields fields, byte[] body, SiarAccess access)
    {
        var events = topics.IsEmpty
            ? EventInput.ReadBatch(url, fields, body, hub.Options.Limits)
            : EventInput.ReadSingle(url, topics, fields, body);
        return fields.Refusal is null ? new PublishCommand(events, PublishOptionsInput.Read(context.Request, fields, access, events, fields.Switch("unique"))) : default;
    }

    public Task AnswerAsync(HttpContext context, in PublishHead head, Published published)
    {
        var response = context.Response;
        response.ContentType = Negotiation.Json;
        response.Headers.XContentTypeOptions = "nosniff";
        var answer = (published.Events, IsBatch: head.Topics.IsEmpty, Hint: LooksLikeForm(context.Request, published) ? _formHint : null);
        var body = EventJson.WriteSmall(answer, static (json, answer) => Write(json, answer.Events, answer.IsBatch, answer.Hint));
        // With its length, it leaves as it is; without, the server would put it into chunks.
        response.ContentLength = body.Length;
        response.BodyWriter.Write(body);
        return Task.CompletedTask;
    }

    public Task RefuseAsync(HttpContext context, Refusal refusal, TokenDialect dialect) => refusals.SendAsync(context, refusal);

    private static ImmutableArray<Topic> TopicsOf(HttpContext context, RequestFields fields)
    {
        var topics = ImmutableArray.CreateBuilder<Topic>(1);
        if (RawTopic.Read(context, fields) is { } inPath) Add(topics, inPath, fields);
        foreach (var topic in fields.All("topic")) Add(topics, topic, fields);
        return topics.DrainToImmutable();
    }

    private static void Add(ImmutableArray<Topic>.Builder topics, string text, RequestFields fields)
    {
        if (Topic.TryCreate(text, out var topic, out var error)) topics.Add(topic);
        else fields.Refuse(Refusal.Invalid(error));
    }

    // Whoever comes from Mercure sends a form, and would wonder at what readers get. A text may as well be called a form (curl -d does), so it is published.
    private static bool LooksLikeForm(HttpRequest request, Published published)
    {
        const string Form = "application/x-www-form-urlencoded";
        if (request.ContentType?.StartsWith(Form, StringComparison.OrdinalIgnoreCase) != true || published.Events.Length != 1) return false;
        var data = published.Events[0].Content.Data.Span;
        foreach (var field in FormFields)
        {
            if (data.StartsWith(field)) return true;
        }

        return false;
    }

    private static void Write(Utf8JsonWriter json, ImmutableArray<LoggedEvent> logged, bool isBatch, string? hint)
    {
        json.WriteStartObject();
        if (isBatch)
        {
            json.WriteStartArray("ids"u8);
            foreach (var each in logged) json.WriteStringValue(each.Id.Value);
            json.WriteEndArray();
        }
        else
        {
            json.WriteString("id"u8, logged[0].Id.Value);
        }

        if (hint is not null) json.WriteString("hint"u8, hint);

        json.WriteEndObject();
    }
}
