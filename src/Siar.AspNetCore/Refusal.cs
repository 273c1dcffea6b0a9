namespace Siar.AspNetCore;

/// <summary>Why a request is not served.</summary>
/// <param name="Status">The status to answer with.</param>
/// <param name="Reason">One of <see cref="RefusalReason"/>, for the metrics.</param>
/// <param name="Sentence">What was wrong, where, and what to do, for the caller.</param>
internal sealed record Refusal(int Status, string Reason, string Sentence)
{
    public static Refusal Unauthenticated { get; } = new(
        StatusCodes.Status401Unauthorized, RefusalReason.Unauthenticated, "This hub does not know you: the request needs valid credentials.");

    /// <summary>A token is needed, and there is none.</summary>
    public static Refusal NoToken { get; } = new(
        StatusCodes.Status401Unauthorized, RefusalReason.Unauthenticated, "This hub does not know you: the request needs a token, as 'Authorization: Bearer TOKEN'.");

    /// <summary>There is a token, and it does not count here. The protocol gives no reason; the hub's log does.</summary>
    public static Refusal InvalidToken { get; } = new(
        StatusCodes.Status401Unauthorized, RefusalReason.Unauthenticated, "The token is not valid here. Why is in the hub's log.") { BearerError = "invalid_token" };

    /// <summary>The caller is known, and none of its grants is to publish.</summary>
    public static Refusal NothingToPublish { get; } = Forbidden("You may not publish to any topic.");

    /// <summary>When the same request may be served; null where it never will be.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What was wrong with the token or how it came (RFC 6750, 3.1); null where that was not it.</summary>
    public string? BearerError { get; init; }

    public static Refusal Invalid(string sentence) => new(StatusCodes.Status400BadRequest, RefusalReason.Invalid, sentence);

    /// <summary>The token came in a way in which it must not.</summary>
    public static Refusal InvalidCredentials(string reason, string sentence) =>
        new(StatusCodes.Status400BadRequest, reason, sentence) { BearerError = "invalid_request" };

    /// <summary>The caller is known, and may not do that.</summary>
    public static Refusal Forbidden(string sentence) =>
        new(StatusCodes.Status403Forbidden, RefusalReason.Forbidden, sentence) { BearerError = "insufficient_scope" };

    public static Refusal TooLarge(string sentence) => new(StatusCodes.Status413PayloadTooLarge, RefusalReason.TooLarge, sentence);
}
