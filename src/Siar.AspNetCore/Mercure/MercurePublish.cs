using System.Collections.Immutable;
using System.Globalization;
using Siar.Auth;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary><c>POST</c> on the Mercure path, in both dialects; the token's claim says which.</summary>
internal sealed class MercurePublish(EventHub hub, HubUrl url, RefusalResponse refusals) : IPublishFormat
{
    public PublishHead ReadHead(HttpContext context, out RequestFields fields)
    {
        // The query is not read.
        fields = new RequestFields();
        if (RequestBody.CheckForm(context.Request) is { } wrong) fields.Refuse(wrong);
        return new PublishHead([], hub.Options.Limits.RequestBytes);
    }

    public ImmutableArray<Topic> ReadTopics(RequestFields fields, byte[] body, SiarAccess access)
    {
        fields.AddForm(body);
        var topics = ImmutableArray.CreateBuilder<Topic>(1);
        foreach (var text in fields.All(MatcherInput.MercureTopic))
        {
            // [Mercure 0.x] A reserved topic is 403 and not 400, and whatever holds the path is one.
            if (IsLegacy(access) && (text.Contains(url.Path, StringComparison.Ordinal) || url.IsReserved(text)))
                fields.Refuse(new Refusal(StatusCodes.Status403Forbidden, RefusalReason.Forbidden, "The topic is kept for the hub itself: choose another."));
            else if (Topic.TryCreate(text, out var topic, out _)) topics.Add(topic);
            else fields.Refuse(Refusal.Invalid("Invalid \"topic\" parameter"));
        }

        if (topics.Count == 0) fields.Refuse(Refusal.Invalid("Missing \"topic\" parameter"));
        return topics.DrainToImmutable();
    }

    public PublishCommand ReadEvents(HttpContext context, ImmutableArray<Topic> topics, RequestFields fields, byte[] body, SiarAccess access)
    {
        var input = new EventInput
        {
            Hub = url, IsLegacy = IsLegacy(access), Topics = topics, Data = fields.FirstBytes("data"), Id = NoneIfEmpty(fields.First("id")),
            Type = NoneIfEmpty(fields.First("type")), RetryMilliseconds = ReadRetry(fields), IsPrivate = fields.Has("private"),
        };
        if (fields.Refusal is not null) return default;
        if (input.Make(out var error) is not { } made)
        {
            fields.Refuse(Refusal.Invalid(error));
            return default;
        }

        return new PublishCommand([made], PublishOptionsInput.Read(context.Request, fields, access, [made]));
    }

    public Task AnswerAsync(HttpContext context, in PublishHead head, Published published)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(published.Events[0].Id.Value, context.RequestAborted);
    }

    public Task RefuseAsync(HttpContext context, Refusal refusal, TokenDialect dialect) => refusals.SendMercureAsync(context, refusal, dialect);

    private static int? ReadRetry(RequestFields fields)
    {
        var text = fields.First("retry");
        if (string.IsNullOrEmpty(text)) return null;
        // What is longer than 24 days is for ever to a reader, whose own clock counts no further.
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return (int)Math.Min(number, int.MaxValue);
        fields.Refuse(Refusal.Invalid("Invalid \"retry\" parameter"));
        return null;
    }

    private static bool IsLegacy(SiarAccess access) => access.Grant?.Dialect is TokenDialect.V0;

    private static string? NoneIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
