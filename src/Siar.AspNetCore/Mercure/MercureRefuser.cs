using Microsoft.AspNetCore.WebUtilities;
using Siar.Auth;

namespace Siar.AspNetCore;

/// <summary>
/// Answers requests of the Mercure path that are not served. Where it is about the token, nothing is told but the status, and in 0.x that is
/// always 401, without a challenge.
/// </summary>
internal sealed class MercureRefuser(Refuser refuser)
{
    public Task AnswerAsync(HttpContext context, Refusal refusal, TokenDialect dialect)
    {
        var isAboutToken = refusal.BearerError is not null || refusal.Status == StatusCodes.Status401Unauthorized;
        if (!isAboutToken) return refuser.AnswerAsync(context, refusal);
        if (dialect is TokenDialect.V1) return refuser.AnswerAsync(context, WithStatusOnly(refusal));
        return refuser.AnswerBareAsync(context, WithStatusOnly(refusal with { Status = StatusCodes.Status401Unauthorized }));
    }

    private static Refusal WithStatusOnly(Refusal refusal) => refusal with { Sentence = ReasonPhrases.GetReasonPhrase(refusal.Status) };
}
