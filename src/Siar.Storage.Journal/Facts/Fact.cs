using System.Collections.Immutable;
using Siar.Hub;

namespace Siar.Storage.Journal.Facts;

/// <summary>
/// What a message of the journal says: what was decided, never what was asked for. So every hub comes to the same log by taking all of them in order, also
/// one of another version that would have decided otherwise.
/// </summary>
internal abstract record Fact
{
    /// <summary>The log begins. The first message of a stream.</summary>
    /// <param name="Epoch">The epoch of its first positions.</param>
    /// <param name="Plan">By which it is trimmed.</param>
    public sealed record Founding(Epoch Epoch, RetentionPlan Plan) : Fact;

    /// <summary>Events were appended, at the positions that follow.</summary>
    /// <param name="Appends">What of the batch was to be done, in order; conditions were met.</param>
    public sealed record Batch(ImmutableArray<Append> Appends) : Fact;

    /// <summary>What is too much, or too old by the message's time, is dropped here: at one place for all hubs.</summary>
    /// <param name="Padding">How many bytes are added that say nothing, to find out whether there is room.</param>
    public sealed record Tick(int Padding = 0) : Fact;

    /// <summary>The log is trimmed by another plan from now on.</summary>
    public sealed record PlanAdopted(RetentionPlan Plan) : Fact;

    /// <summary>The engine has lost something. Positions behind one belong to another epoch.</summary>
    /// <param name="Epoch">The epoch's name.</param>
    /// <param name="After">Up to here nothing was lost.</param>
    public sealed record EpochBegun(Epoch Epoch, long After) : Fact;

    /// <summary>A hub is about to put a copy of its index beside the stream: no other does meanwhile.</summary>
    public sealed record SnapshotBegun : Fact;
}

/// <summary>A fact with its place in the stream.</summary>
/// <param name="Sequence">The number of the message, or of the last of those that hold it.</param>
/// <param name="Id">Its own id.</param>
/// <param name="Clock">When it was appended, by the engine's clock.</param>
/// <param name="Fact">What it says.</param>
internal sealed record JournalFact(long Sequence, Guid Id, DateTimeOffset Clock, Fact Fact);
