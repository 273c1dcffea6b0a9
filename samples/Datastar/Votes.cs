using System.Net;
using Siar.Hub;

namespace Datastar;

/// <summary>How many votes each drink has.</summary>
internal sealed class Votes(IHub hub) : IDisposable
{
    public const string Topic = "votes";
    private readonly SemaphoreSlim _one = new(1);
    private readonly SortedDictionary<string, int> _votes = new(StringComparer.Ordinal) { ["coffee"] = 0, ["tea"] = 0, ["water"] = 0 };

    /// <summary>Counts a vote and shows it to all; false if there is no such drink.</summary>
    public async Task<bool> CountAsync(string drink)
    {
        // One at a time, so that the newest patch has the newest number.
        await _one.WaitAsync();
        try
        {
            if (!_votes.TryGetValue(drink, out var count)) return false;
            _votes[drink] = count + 1;
            await hub.PublishAsync(
            [
                Patch.Elements(Topic, drink, $"""
                    <output id="{WebUtility.HtmlEncode(drink)}">
                      {count + 1}
                    </output>
                    """),
                Patch.Signals(Topic, "total", new { total = _votes.Values.Sum() }),
            ]);
            return true;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
