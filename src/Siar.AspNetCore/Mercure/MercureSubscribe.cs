using Microsoft.Extensions.Options;
using Siar.Auth;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>
/// <c>GET</c>, <c>QUERY</c> and <c>HEAD</c> on the Mercure path, in both dialects. The fields of query and body say the dialect, and so where a token is looked
/// for; by default a stream speaks exactly as the protocol says, with no word of our own.
/// </summary>
internal sealed class MercureSubscribe(
    EventHub hub, AccessResolver resolver, HubUrl url, CursorInput cursors, Presence presence, MercureV0Form formOfV0, ReadRule rule, RefusalResponse refusals,
    IOptions<SiarOptions> options) : ISubscribeFormat
{
    private readonly MercureOptions _options = options.Value.Mercure;

    public RequestFields ReadFields(HttpRequest request) => RequestFields.OfFormQuery(request);

    public int MostBodyBytes(HttpRequest request) => request.Method == MercureEndpoints.Query ? _options.QueryBytes : 0;

    public ValueTask<AccessDecision> AuthoriseAsync(HttpContext context, RequestFields fields) => resolver.ResolveAsync(context, RequestDialectOf(fields));

    public TokenDialect DialectOf(RequestFields fields, in AccessDecision decision) => RequestDialectOf(fields) switch
    {
        RequestDialect.V1 => TokenDialect.V1,
        RequestDialect.V0 => TokenDialect.V0,
        _ => decision.Dialect ?? TokenDialect.V1,
    };

    public SubscribeCommand Read(HttpContext context, RequestFields fields, SiarAccess access, TokenDialect dialect)
    {
        var isV1 = dialect is TokenDialect.V1;
        CheckAccept(context.Request, fields);
        var cursor = cursors.ReadMercure(context.Request, fields, isV1, out var asked);
        var matchers = isV1
            ? MatcherInput.ReadV1(fields, url.Resource, _options.MatchersPerRequest, hub.Options.Limits)
            : MatcherInput.ReadV0(fields, hub.Options.Limits);
        // [Mercure] Public updates need no grant; who has shown no token is served what is open to everybody.
        var served = rule.Narrow(fields, matchers.Set, access.Grant is null ? access : access with { Public = MatcherSet.All });
        var signals = fields.First("signals") == "on";
        var request = new SubscribeRequest
        {
            Matchers = served,
            Grants = access.Subscribe,
            Start = cursor,
            EndsAt = access.EndsAt,
            Reader = access.Credential,
            AdmittedBy = access.Grant?.Admission,
            Marks = access.MarksOf(context),
            Address = ClientAddress.Of(context),
            // Who cannot be told of a gap is told by the end of the stream, and by the header when it comes back.
            WhenFallenBehind = signals ? FallenBehind.SignalGap : FallenBehind.Disconnect,
        };
        var session = _options.Subscriptions && fields.Refusal is null ? presence.Prepare(matchers.List, access.Grant, request.Address, request.Reader) : null;
        return new SubscribeCommand
        {
            Request = request,
            Caller = access.Caller,
            Format = new StreamFormat
            {
                TakesSignals = signals,
                TakesGaps = signals,
                RefusesSoftly = _options.RefuseSoftly,
                Form = isV1 ? SseForm.Plain : formOfV0.For(served, access.Subscribe),
            },
            OnPrepared = (response, subscriber) => SetHeaders(response, subscriber, asked, isV1),
            OnAttached = session is null ? null : session.Begin,
        };
    }

    public Task RefuseAsync(HttpContext context, Refusal refusal, TokenDialect dialect) => refusals.SendMercureAsync(context, refusal, dialect);

    // [Mercure] A parameter of the reserved prefix means 1.0; otherwise a topic means 0.x.
    private static RequestDialect RequestDialectOf(RequestFields fields) =>
        fields.BeginningWith(MatcherInput.MercurePrefix).Any() ? RequestDialect.V1 : fields.Has(MatcherInput.MercureTopic) ? RequestDialect.V0 : RequestDialect.Open;

    private static void CheckAccept(HttpRequest request, RequestFields fields)
    {
        if (Negotiation.Accepts(request, Negotiation.EventStream)) return;
        fields.Refuse(new Refusal(
            StatusCodes.Status406NotAcceptable, RefusalReason.NotAcceptable, $"Events come as {Negotiation.EventStream} here, which the request does not accept."));
    }

    // [Mercure] "The id of the event preceding the first one that will be sent", or earliest where there is none.
    private void SetHeaders(HttpResponse response, Subscriber subscriber, string? asked, bool isV1)
    {
        if (asked is null || (!isV1 && asked.Length == 0)) return;
        var answered = asked.Length == 0 ? (subscriber.Cursor == 0 ? CursorInput.Earliest : hub.IdAt(subscriber.Cursor).Value)
            : subscriber.Request.Start.Id.IsNone || subscriber.HadGap ? CursorInput.Earliest
            : asked;
        response.Headers[isV1 ? "Mercure-Last-Event-ID" : CursorInput.Header] = MercureHeaders.Encode(answered);
    }
}
