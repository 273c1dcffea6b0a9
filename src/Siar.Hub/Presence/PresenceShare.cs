using System.Collections.Immutable;

namespace Siar.Hub;

/// <summary>What goes into the log with one batch of the publishers'.</summary>
/// <param name="Kind">What it tells.</param>
/// <param name="Appends">What is appended; none where nothing is due.</param>
internal sealed record PresenceShare(PresenceShareKind Kind, ImmutableArray<Append> Appends)
{
    public static PresenceShare None { get; } = new(PresenceShareKind.Updates, []);

    /// <summary>Comings and goings. A going has a key where other hubs may tell it too.</summary>
    public static PresenceShare Of(List<PresenceUpdate> updates, bool isShared)
    {
        if (!isShared) return new(PresenceShareKind.Updates, [new Append([.. updates.Select(u => u.ToEvent())])]);
        var appends = ImmutableArray.CreateBuilder<Append>();
        var comings = new List<Event>();
        foreach (var update in updates)
        {
            if (update.IsActive)
            {
                comings.Add(update.ToEvent());
                continue;
            }

            if (comings.Count > 0) appends.Add(new Append([.. comings]));
            comings.Clear();
            appends.Add(MemberDuties.Going(update.ToEvent()));
        }

        if (comings.Count > 0) appends.Add(new Append([.. comings]));
        return new(PresenceShareKind.Updates, appends.DrainToImmutable());
    }

    /// <summary>Of which readers of hubs that are no more it tells that they are gone.</summary>
    public IReadOnlyList<RemainingReader> Gone { get; init; } = [];
}

/// <summary>What a share tells.</summary>
internal enum PresenceShareKind
{
    /// <summary>Comings and goings.</summary>
    Updates,

    /// <summary>That some were left untold.</summary>
    Pause,

    /// <summary>A fact among hubs.</summary>
    Fact,

    /// <summary>This hub's readers.</summary>
    Roster,

    /// <summary>That readers of a hub that is no more are gone.</summary>
    Swept,
}
