namespace Siar.AspNetCore;

/// <summary>Why a request is not served.</summary>
/// <param name="Status">The status to answer with.</param>
/// <param name="Reason">One of <see cref="RefusalReason"/>, for the metrics.</param>
/// <param name="Sentence">What was wrong, where, and what to do, for the caller.</param>
internal sealed record Refusal(int Status, string Reason, string Sentence)
{
    public static Refusal Unauthenticated { get; } = new(
        StatusCodes.Status401Unauthorized, RefusalReason.Unauthenticated, "This hub does not know you: the request needs valid credentials.");

    /// <summary>When the same request may be served; null where it never will be.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static Refusal Invalid(string sentence) => new(StatusCodes.Status400BadRequest, RefusalReason.Invalid, sentence);

    public static Refusal TooLarge(string sentence) => new(StatusCodes.Status413PayloadTooLarge, RefusalReason.TooLarge, sentence);
}
