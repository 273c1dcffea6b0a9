namespace Siar.Hub;

/// <summary>The fixed words by which reasons go on the wire and into metrics.</summary>
internal static class ReasonNames
{
    public static string Of(EndReason reason) => reason switch
    {
        EndReason.PeerClosed => "peer_closed",
        EndReason.Requested => "requested",
        EndReason.Draining => "draining",
        EndReason.Expired => "expired",
        EndReason.Stalled => "stalled",
        EndReason.FellBehind => "fell_behind",
        EndReason.Closed => "closed",
        EndReason.Failed => "failed",
        EndReason.Revoked => "revoked",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public static string Of(LogState state) => state switch
    {
        LogState.Available => "available",
        LogState.Full => "full",
        LogState.Unavailable => "unavailable",
        LogState.Damaged => "damaged",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    public static string Of(GapReason reason) => reason switch
    {
        GapReason.Trimmed => "trimmed",
        GapReason.UnknownId => "unknown-id",
        GapReason.OtherEpoch => "other-epoch",
        GapReason.Damaged => "damaged",
        GapReason.PresencePaused => "presence-paused",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
