namespace Siar.Hub;

/// <summary>Where one event's bytes lie in its block, and when its publish was queued (a timestamp of the hub's clock; 0 where unknown).</summary>
internal readonly record struct FrameEntry(LoggedEvent Event, int ChunkOffset, int ChunkLength, int PayloadOffset, int PayloadLength, long QueuedAt = 0);
