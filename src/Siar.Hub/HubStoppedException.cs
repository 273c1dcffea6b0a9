namespace Siar.Hub;

/// <summary>The hub has stopped, or is stopping, and takes nothing more.</summary>
public sealed class HubStoppedException() : Exception("The hub has stopped and takes no more events.");
