namespace Siar.Tool;

/// <summary>
/// Who publishes what when. An event's number says its topic, its publisher and the moment when it is due, so that each publisher goes through
/// its own share without asking anybody, and the events of a topic leave in order over one connection.
/// </summary>
/// <param name="Topics">Topics, from 1.</param>
/// <param name="Publishers">Publishers, from 1. Where there are more than topics, several publish on one, each numbering its own events.</param>
internal sealed record PublishPlan(int Topics, int Publishers)
{
    /// <summary>Pairs of a topic and a publisher; events go round all of them.</summary>
    public int Units => Math.Max(Topics, Publishers);

    /// <summary>Publishers of one topic.</summary>
    public int Slots => (Units + Topics - 1) / Topics;

    public int TopicOf(int unit) => unit % Topics;

    public int SlotOf(int unit) => unit / Topics;

    /// <summary>A publisher's pairs.</summary>
    public IReadOnlyList<int> UnitsOf(int publisher)
    {
        List<int> units = [];
        for (var unit = publisher; unit < Units; unit += Publishers) units.Add(unit);
        return units;
    }

    /// <summary>How many of so many events, over all publishers, are a pair's.</summary>
    public long CountOf(int unit, long events) => (events / Units) + (unit < events % Units ? 1 : 0);

    /// <summary>When an event of a pair is due, in seconds from the beginning, at a rate over all pairs.</summary>
    public double DueSeconds(int unit, long round, double rate) => ((round * Units) + unit) / rate;
}
