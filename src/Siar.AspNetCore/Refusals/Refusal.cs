using System.Globalization;
using Siar.Hub;

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

    /// <summary>The hub ends its streams.</summary>
    public static Refusal Draining { get; } =
        new(StatusCodes.Status503ServiceUnavailable, RefusalReason.Draining, "The hub is shutting down: come back in a moment.");

    /// <summary>The problem type of a publish of which the hub does not know whether it was done. Our clients read it.</summary>
    public const string OutcomeUnknown = "urn:siar:outcome-unknown";

    /// <summary>What programs know the answer by, as the type of a problem document (RFC 9457, 3.1.1); null where the status says enough, and the answer is plain text.</summary>
    public string? ProblemType { get; init; }

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

    /// <summary>The caller was revoked. A browser's <c>EventSource</c> does not come back after it.</summary>
    public static Refusal Revoked(Revocation revocation) => new Refusal(
        StatusCodes.Status403Forbidden, RefusalReason.Revoked,
        $"Your access to this hub was revoked; it may be had again from {revocation.Until.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC on.");

    public static Refusal TooLarge(string sentence) => new(StatusCodes.Status413PayloadTooLarge, RefusalReason.TooLarge, sentence);

    public static Refusal Unsupported(string sentence) =>
        new(StatusCodes.Status415UnsupportedMediaType, RefusalReason.UnsupportedMediaType, sentence);

    /// <summary>There is no place for one more stream.</summary>
    public static Refusal NoPlace(ConnectionRefusal which) => which switch
    {
        ConnectionRefusal.Total => new(
            StatusCodes.Status503ServiceUnavailable, RefusalReason.Connections, "The hub has as many streams open as it may: come back in a moment."),
        ConnectionRefusal.Address => new(
            StatusCodes.Status429TooManyRequests, RefusalReason.ConnectionsPerAddress, "Your address has as many streams open as it may: close some, or come back in a moment."),
        ConnectionRefusal.Token => new(
            StatusCodes.Status429TooManyRequests, RefusalReason.ConnectionsPerToken, "Your token has as many streams open as it may: close some, or come back in a moment."),
        _ => throw new ArgumentOutOfRangeException(nameof(which)),
    };

    /// <summary>The hub follows as many patterns as it may.</summary>
    public static Refusal NoRoomForPatterns(LimitExceededException failure) => new(StatusCodes.Status503ServiceUnavailable, RefusalReason.Patterns, failure.Message);
}

/// <summary>The fixed words by which refusals are counted.</summary>
internal static class RefusalReason
{
    public const string BodyBytes = "body_bytes";
    public const string BodyBytesPerAddress = "body_bytes_per_address";
    public const string BodyTimeout = "body_timeout";
    public const string Closed = "closed";
    public const string ConditionFailed = "condition_failed";
    public const string Connections = "connections";
    public const string ConnectionsPerAddress = "connections_per_address";
    public const string ConnectionsPerToken = "connections_per_token";
    public const string Draining = "draining";
    public const string Forbidden = "forbidden";
    public const string Host = "host";
    public const string Invalid = "invalid";
    public const string KeyReused = "key_reused";
    public const string LogFull = "log_full";
    public const string LogUnavailable = "log_unavailable";
    public const string NotAcceptable = "not_acceptable";
    public const string Origin = "origin";
    public const string Patterns = "patterns";
    public const string PublishRate = "publish_rate";
    public const string Revocations = "revocations";
    public const string Revoked = "revoked";
    public const string Stopped = "stopped";
    public const string TooLarge = "too_large";
    public const string Unauthenticated = "unauthenticated";
    public const string UnsupportedMediaType = "unsupported_media_type";
}
