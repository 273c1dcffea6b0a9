using System.Collections.Immutable;

namespace Siar.Storage.Contract.History;

/// <summary>One thing that happens to a log.</summary>
internal abstract record Step
{
    private Step()
    {
    }

    /// <summary>Batches are appended as one.</summary>
    public sealed record Append(ImmutableArray<ImmutableArray<NewEvent>> Batches) : Step
    {
        public override string ToString() => $"Append({string.Join(" | ", Batches.Select(b => string.Join("; ", b)))})";
    }

    /// <summary>Time passes, and the log is trimmed.</summary>
    public sealed record Wait(int Seconds) : Step;

    /// <summary>The clock is set forward, or back.</summary>
    public sealed record Turn(int Seconds) : Step;

    /// <summary>The log is closed and opened again.</summary>
    public sealed record Reopen : Step;

    /// <summary>Everything is read that some selectors mean.</summary>
    public sealed record Read(string Selectors, int AfterPercent, int MaxEvents, int MaxBytes) : Step;

    /// <summary>The newest of each topic, or of each key where that is 0, are read that some selectors mean, with grants on others.</summary>
    public sealed record Select(string Selectors, string Grants, int LastOfTopic, int AfterPercent, int MaxEvents) : Step;

    /// <summary>A publisher's id is looked up.</summary>
    public sealed record Resolve(string Id) : Step;
}

/// <summary>An event that is to be appended.</summary>
internal sealed record NewEvent(string Topics, int Size, string? Id, bool IsPrivate, string? Key);
