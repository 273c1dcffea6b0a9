using Siar.Wire;

namespace Siar.Hub;

/// <summary>Where a reader begins: now, at the oldest event kept, or after an event that it has seen. Immutable.</summary>
public readonly record struct Cursor
{
    private Cursor(CursorKind kind, EventId id)
    {
        Kind = kind;
        Id = id;
    }

    /// <summary>Begin with the next event that is published. The default.</summary>
    public static Cursor Now => default;

    /// <summary>Begin with the oldest event that is kept.</summary>
    public static Cursor Earliest { get; } = new(CursorKind.Earliest, default);

    internal CursorKind Kind { get; }

    /// <summary>The id of the last event seen; the default value where the cursor is not an id.</summary>
    public EventId Id { get; }

    /// <summary>
    /// Go on after the event with this id, whether the hub or a publisher made it. The default value is an id that was lost: the reader is told
    /// a gap of the reason <see cref="GapReason.UnknownId"/>, and begins with the oldest event that is kept.
    /// </summary>
    public static Cursor After(EventId id) => new(CursorKind.After, id);
}

internal enum CursorKind
{
    Now,
    Earliest,
    After,
}
