namespace Siar.Hub;

/// <summary>A sign of life that a hub leaves for the other hubs of its log. Immutable.</summary>
/// <param name="Hub">Names one life of a hub: 15 lowercase hexadecimal digits. A hub that the others have given up for dead goes on under another.</param>
/// <param name="Name">What a person calls the hub.</param>
/// <param name="Count">Rises with each sign of a hub, from 1.</param>
/// <param name="State">What the hub says of itself: a short text that hubs alone read, and that means nothing to the log.</param>
public sealed record HubSign(string Hub, string Name, long Count, string State);
