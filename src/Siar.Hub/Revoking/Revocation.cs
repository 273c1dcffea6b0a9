namespace Siar.Hub;

/// <summary>That some callers may neither read nor publish until a moment.</summary>
/// <param name="Callers">Who.</param>
/// <param name="Until">Until when.</param>
public sealed record Revocation(CallerFilter Callers, DateTimeOffset Until);

/// <summary>What a reader is told in its stream whose caller is not wanted any more: <c>siar.revoked</c>.</summary>
/// <param name="Ended">Why its stream ends.</param>
/// <param name="Reason">The same as a word for programs.</param>
/// <param name="Until">How long it is refused; null where that is not said.</param>
internal sealed record RevokedSignal(EndReason Ended, string Reason, DateTimeOffset? Until)
{
    /// <summary>Its stream was ended by the application or an operator, and it may come back.</summary>
    public static RevokedSignal Disconnected { get; } = new(EndReason.Requested, "disconnected", null);

    /// <summary>What has let it in is trusted no more, such as the key of its token.</summary>
    public static RevokedSignal Untrusted { get; } = new(EndReason.Revoked, "untrusted", null);

    /// <summary>Its caller is refused for a while.</summary>
    public static RevokedSignal Of(Revocation? revocation) => new(EndReason.Revoked, "revoked", revocation?.Until);
}
