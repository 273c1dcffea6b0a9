using System.Collections.Concurrent;
using Siar.Hub;

namespace Siar.Sockets.Tests;

/// <summary>Takes what an outlet tells its lane.</summary>
internal sealed class Inbox : ILaneInbox
{
    private readonly BlockingCollection<LaneMessageKind> _told = [];

    public void Post(LaneMessage message) => _told.Add(message.Kind);

    /// <summary>The next word to the lane; a failure where none comes.</summary>
    public LaneMessageKind Next() => _told.TryTake(out var kind, TimeSpan.FromSeconds(30)) ? kind : throw new TimeoutException("The lane was told nothing.");
}
