namespace Siar.Hub;

/// <summary>Where one event's bytes lie in its block.</summary>
internal readonly record struct FrameEntry(LoggedEvent Event, int ChunkOffset, int ChunkLength, int PayloadOffset, int PayloadLength);
