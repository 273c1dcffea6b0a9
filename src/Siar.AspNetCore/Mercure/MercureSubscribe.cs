using Microsoft.Extensions.Options;
using Siar.Auth;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// <c>GET</c>, <c>QUERY</c> and <c>HEAD</c> on the Mercure path, in both dialects:
/// <list type="number">
/// <item>read the fields of query and body, which say the dialect;</item>
/// <item>ask who it is, and read what it wants and from where;</item>
/// <item>hand it to the door of all streams.</item>
/// </list>
/// </summary>
internal sealed class MercureSubscribe(
    EventHub hub, AccessResolver resolver, HubIdentity identity, CursorReader cursors, Presence presence, PresenceTranslation translation,
    StreamDoor door, BodyReaders bodies, MercureRefuser refuser, IOptions<SiarOptions> options)
{
    private readonly MercureOptions _options = options.Value.Mercure;

    public async Task HandleAsync(HttpContext context)
    {
        MercureHeaders.SetSecurity(context.Response);
        var asked = await ReadAsync(context);
        if (asked.Refusal is { } refusal)
        {
            await refuser.AnswerAsync(context, refusal, asked.Dialect);
        }
        else if (HttpMethods.IsHead(context.Request.Method))
        {
            StreamHeaders.Set(context, Negotiation.EventStream);
        }
        else
        {
            StreamConventions.Apply(context);
            await door.EnterAsync(context, QueryFields.Empty, Representation.ServerSentEvents, asked.Request!, asked.Style!);
        }
    }

    /// <summary>Does steps 1 and 2. Nothing of the body outlives it: the stream may last for hours.</summary>
    private async ValueTask<Asked> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        var fields = new FormFields();
        var unread = fields.AddQuery(request.QueryString.Value) is { } error ? Refusal.Invalid(error) : null;
        var hasBody = request.Method == "QUERY";
        AccessDecision? early = null;
        if (unread is null && hasBody)
        {
            // Before the body, which costs memory: whatever its fields may say, they change nothing about this.
            unread = FormBody.CheckType(request);
            if (unread is null) early = await resolver.ResolveUnreadAsync(context);
            unread ??= early?.Refusal;
        }

        HeldBody? body = null;
        if (unread is null && hasBody) (body, unread) = await FormBody.ReadAsync(bodies.OfReaders, request, _options.QueryBytes, fields);
        using var held = body;
        unread ??= CheckAccept(request);
        var dialect = MercureMatchers.DialectOf(fields);
        var decision = unread is null ? early ?? await resolver.ResolveAsync(context, dialect) : default;
        var tokenDialect = dialect is RequestDialect.Open ? decision.Dialect ?? TokenDialect.V1
            : dialect is RequestDialect.V1 ? TokenDialect.V1 : TokenDialect.V0;
        MercureMatchers? matchers = null;
        var refusal = unread ?? decision.Refusal ?? CheckCursor(request) ?? ReadMatchers(fields, tokenDialect, out matchers);
        if (refusal is not null || HttpMethods.IsHead(request.Method)) return new Asked(tokenDialect, refusal, null, null);
        return Ask(context, fields, matchers!, decision.Access!, tokenDialect);
    }

    private static Refusal? CheckAccept(HttpRequest request) => Negotiation.Accepts(request, Negotiation.EventStream)
        ? null
        : new Refusal(StatusCodes.Status406NotAcceptable, RefusalReason.NotAcceptable, $"Events come as {Negotiation.EventStream} here, which the request does not accept.");

    private static Refusal? CheckCursor(HttpRequest request) => request.Headers[CursorReader.Header].Count <= 1
        ? null
        : Refusal.Invalid($"The header {CursorReader.Header} stands more than once in the request: send it once.");

    private Refusal? ReadMatchers(FormFields fields, TokenDialect dialect, out MercureMatchers? matchers) => dialect is TokenDialect.V1
        ? MercureMatchers.ReadV1(fields, identity.Resource, _options.MatchersPerRequest, hub.Options.Limits, out matchers)
        : MercureMatchers.ReadV0(fields, hub.Options.Limits, out matchers);

    private Asked Ask(HttpContext context, FormFields fields, MercureMatchers matchers, SiarAccess access, TokenDialect dialect)
    {
        var cursor = MercureCursor.Read(cursors.ReadHeader(context.Request), fields, dialect is TokenDialect.V1, out var asked);
        var signals = fields.First("signals") == "on";
        var request = new SubscribeRequest
        {
            Matchers = matchers.Matchers,
            Grants = access.Subscribe,
            Start = cursor,
            EndsAt = access.EndsAt,
            Reader = access.Credential,
            Address = ClientAddress.Of(context),
            // Who cannot be told of a gap is told by the end of the stream, and by the header when it comes back.
            WhenFallenBehind = signals ? FallenBehind.SignalGap : FallenBehind.Disconnect,
        };
        var style = new MercureStyle
        {
            Dialect = dialect,
            Hub = hub,
            AskedCursor = asked,
            TakesSignals = signals,
            TakesGaps = signals,
            RefusesSoftly = _options.RefuseSoftly,
            Translation = dialect is TokenDialect.V0 ? translation.For(matchers.Matchers, access.Subscribe) : null,
            Presence = _options.Subscriptions ? presence.Prepare(matchers.Subscriptions, access.Grant, request.Address, request.Reader) : null,
        };
        return new Asked(dialect, null, request, style);
    }

    /// <summary>What a reader wants, or why it does not get it.</summary>
    private readonly record struct Asked(TokenDialect Dialect, Refusal? Refusal, SubscribeRequest? Request, MercureStyle? Style);
}
