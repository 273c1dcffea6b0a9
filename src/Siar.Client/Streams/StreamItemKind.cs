namespace Siar.Client;

/// <summary>What a <see cref="StreamItem{T}"/> is.</summary>
public enum StreamItemKind
{
    /// <summary>Nothing: the item was not made by a stream.</summary>
    None,

    /// <summary>An event that somebody has published.</summary>
    Event,

    /// <summary>The hub says that events which were asked for are gone: <see cref="StreamItem{T}.Gap"/> tells which.</summary>
    Gap,

    /// <summary>The hub says that everything which was kept has come: what follows is new.</summary>
    Live,

    /// <summary>The hub says that a topic is closed: nothing more comes of it.</summary>
    Closed,

    /// <summary>The hub says something else, named by <see cref="StreamItem{T}.Type"/>.</summary>
    Signal,
}
