using System.Globalization;
using Microsoft.Extensions.Options;
using Siar.Auth;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>Streams that are asked for as on <c>/events</c>, wherever they are mapped: they differ in who may read, and in what they are about.</summary>
internal abstract class PlainStream(SubscribeInput input, RefusalResponse refusals) : ISubscribeFormat
{
    public RequestFields ReadFields(HttpRequest request) => RequestFields.OfQuery(request);

    public int MostBodyBytes(HttpRequest request) => 0;

    public abstract ValueTask<AccessDecision> AuthoriseAsync(HttpContext context, RequestFields fields);

    public TokenDialect DialectOf(RequestFields fields, in AccessDecision decision) => TokenDialect.V1;

    public virtual SubscribeCommand Read(HttpContext context, RequestFields fields, SiarAccess access, TokenDialect dialect) =>
        input.Read(context, fields, ReadTopics(context, fields), access);

    public Task RefuseAsync(HttpContext context, Refusal refusal, TokenDialect dialect) => refusals.SendAsync(context, refusal);

    /// <summary>Reads which topics the stream is about.</summary>
    protected abstract MatcherSet ReadTopics(HttpContext context, RequestFields fields);
}

/// <summary>Reads what a reader of the plain API wants besides topics, wherever such a stream is mapped. What is wrong is noted on the fields.</summary>
internal sealed class SubscribeInput(CursorInput cursors, ReadRule rule, IOptions<SiarOptions> options)
{
    private readonly SiarOptions _options = options.Value;
    private readonly StreamFormat _plain = new() { InitialRetry = (int)options.Value.Hub.ReconnectDelay.TotalMilliseconds };
    private readonly StreamFormat _withSignals = new() { InitialRetry = (int)options.Value.Hub.ReconnectDelay.TotalMilliseconds, TakesSignals = true };

    public SubscribeCommand Read(HttpContext context, RequestFields fields, MatcherSet matchers, SiarAccess access)
    {
        var representation = Negotiation.Choose(context.Request, fields);
        var signals = fields.Switch("signals");
        var cursor = cursors.ReadPlain(context.Request, fields, signals);
        var (last, snapshot) = ReadBeginning(fields);
        CheckPatterns(fields, matchers);
        var served = rule.Narrow(fields, matchers, access);
        var isPage = representation is Representation.Page;
        var wait = isPage ? fields.Number("wait", 0, _options.MaxWaitSeconds, otherwise: 0) : 0;
        return new SubscribeCommand
        {
            Request = new SubscribeRequest
            {
                Matchers = served, Grants = access.Subscribe, Start = cursor, EndsAt = access.EndsAt, Reader = access.Credential, AdmittedBy = access.Grant?.Admission,
                Marks = access.MarksOf(context),
                Address = ClientAddress.Of(context), Last = last, Snapshot = snapshot,
            },
            Caller = access.Caller,
            Representation = representation,
            Format = signals ? _withSignals : _plain,
            IsForEverybody = access.IsEverybodys,
            WantsStatus = fields.All("refusal").Contains("status"),
            PageLimit = isPage ? fields.Number("limit", 1, _options.MaxPageEvents, _options.PageEvents) : 0,
            // The head of a page is that of what there is now.
            PageWait = HttpMethods.IsHead(context.Request.Method) ? 0 : wait,
        };
    }

    /// <summary>What a reader without a cursor wants first: <c>last=N</c>, or <c>snapshot=on</c>.</summary>
    private (int? Last, bool Snapshot) ReadBeginning(RequestFields fields)
    {
        var most = _options.Hub.Limits.LastEvents;
        var text = fields.One("last");
        var snapshot = fields.Switch("snapshot");
        if (text is null) return (null, snapshot);
        if (snapshot) fields.Refuse(Refusal.Invalid("The query has both 'last' and 'snapshot': choose one."));
        else if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
            fields.Refuse(Refusal.Invalid($"The field 'last' in the query is not a whole number from 1 to {most}."));
        else if (number > most) fields.Refuse(Refusal.TooLarge($"The request asks for the last {number} events of each topic; at most {most} are given."));
        else return (number, false);
        return (null, false);
    }

    private void CheckPatterns(RequestFields fields, MatcherSet matchers)
    {
        var patterns = matchers.Matchers.Count(m => m.IsPattern);
        var most = _options.Hub.Limits.PatternsPerConnection;
        if (patterns > most) fields.Refuse(Refusal.TooLarge($"The request has {patterns} patterns; at most {most} are taken."));
    }
}
