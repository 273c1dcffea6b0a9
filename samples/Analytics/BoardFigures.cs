using System.Text.Json.Serialization;

namespace Analytics;

/// <summary>Everything that the board shows, at a line of the log: each event is whole, so that one that was missed is made up for by the next.</summary>
/// <param name="Lines">How many lines were counted.</param>
/// <param name="Time">The newest line's time.</param>
/// <param name="Visitors">Different clients in the last five minutes.</param>
/// <param name="Orders">Orders so far.</param>
/// <param name="Revenue">What they came to.</param>
/// <param name="RevenueOfHour">What those of the last hour came to.</param>
/// <param name="ErrorRate">The share of requests in the last five minutes that failed on the server's side, from 0 to 1.</param>
/// <param name="Pages">The pages most looked at in the last hour.</param>
/// <param name="Minutes">Page views in each of the last sixty minutes, the newest last.</param>
/// <param name="Days">Page views by day and hour, the last seven days that had any.</param>
internal sealed record BoardFigures(
    long Lines, DateTimeOffset Time, int Visitors, long Orders, decimal Revenue, decimal RevenueOfHour, double ErrorRate,
    IReadOnlyList<PageFigures> Pages, IReadOnlyList<int> Minutes, IReadOnlyList<DayFigures> Days);

/// <summary>A page, and how often it was looked at.</summary>
internal sealed record PageFigures(string Path, int Views);

/// <summary>A day, and the views of each of its hours.</summary>
internal sealed record DayFigures(DateOnly Day, IReadOnlyList<long> Hours);

/// <summary>How figures become JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BoardFigures))]
internal sealed partial class BoardJson : JsonSerializerContext;
