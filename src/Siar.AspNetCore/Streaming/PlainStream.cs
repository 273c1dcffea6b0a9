using Siar.Auth;
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
