using Microsoft.Extensions.Logging;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>
/// The one place that says which of the topics that a reader asks for it is served, on every door. The hub behind it never hears of the others: live events,
/// pages, catching up, <c>last</c>, snapshots, gaps and closings are of what is left. An event is read through a topic that was asked for and may be read;
/// a private one needs besides that one of its topics is granted.
/// </summary>
internal sealed partial class ReadRule(ILogger<ReadRule> logger)
{
    private static readonly Refusal Nothing = Refusal.Forbidden("You may not read anything here: no topic is granted to you, and none is open to everybody.");

    /// <summary>What is left of what a reader asks for. Where nothing is, a refusal is noted on the fields.</summary>
    public MatcherSet Narrow(RequestFields fields, MatcherSet asked, SiarAccess access)
    {
        if (fields.Refusal is not null) return asked;
        var served = asked.Within(access.Readable);
        if (ReferenceEquals(served, asked)) return asked;
        if (logger.IsEnabled(LogLevel.Debug)) Log(asked, served, access);
        if (served.Matchers.IsEmpty && !asked.Matchers.IsEmpty) fields.Refuse(RefusalOf(asked, access));
        return served;
    }

    private static Refusal RefusalOf(MatcherSet asked, SiarAccess access)
    {
        if (access.Readable.Matchers.IsEmpty) return Nothing;
        return Refusal.Forbidden(asked.Matchers is [var topic]
            ? $"You may not read the topic '{topic.Value}': it is neither granted to you nor open to everybody."
            : $"You may not read any of the {asked.Matchers.Length} topics that the request names: they are neither granted to you nor open to everybody.");
    }

    private void Log(MatcherSet asked, MatcherSet served, SiarAccess access)
    {
        var reader = access.Name ?? access.Grant?.Subject ?? "A reader";
        var left = asked.Matchers.Except(served.Matchers).ToLookup(m => m.Kind is MatcherKind.Exact, m => m.Value);
        LogWithheld(reader, string.Join(", ", left[true]), string.Join(", ", left[false]));
    }

    [LoggerMessage(1, LogLevel.Debug, "{Reader} asks for topics that it may not read. Withheld: [{Topics}]. Served in part: [{Patterns}].")]
    private partial void LogWithheld(string reader, string topics, string patterns);
}
