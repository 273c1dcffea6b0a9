using System.Diagnostics;
using System.Globalization;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Sqlite.Tests.Kill;

/// <summary>
/// A hub in a process of its own is killed at random moments under load, again and again on the same file. The environment variable
/// <c>SIAR_KILLS</c> asks for more rounds than usual.
/// </summary>
public sealed class KillTests : IDisposable
{
    private const int UsualRounds = 50;
    private readonly LogFolder _folder = new();
    private readonly Random _random = new(6);
    private readonly Dictionary<string, long> _acknowledged = [];
    private readonly Dictionary<string, long> _read = [];
    private EventId _lastRead = HubEventId.Create(Epoch.New(), 0);
    private long _lastPosition;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_or_doubled_and_every_id_leads_on_however_often_the_process_is_killed()
    {
        await using (var log = Victim.Open(_folder.Path)) _lastRead = HubEventId.Create(log.Epoch, 0);
        var rounds = Environment.GetEnvironmentVariable("SIAR_KILLS") is { Length: > 0 } asked ? int.Parse(asked) : UsualRounds;
        for (var round = 1; round <= rounds; round++)
        {
            await RunAndKillAsync(round);
            await CheckAsync(round);
        }

        _acknowledged.Count.ShouldBeGreaterThan(rounds);
        SqliteLogFile.Verify(_folder.Path).Problems.ShouldBeEmpty();
    }

    public void Dispose() => _folder.Dispose();

    private async Task RunAndKillAsync(int life)
    {
        using var process = Start(life);
        try
        {
            // Some die while they open the log, most when they have acknowledged some hundreds of events.
            var lines = _random.Next(8) == 0 ? 0 : _random.Next(1, 800);
            for (var i = 0; i < lines && await process.StandardOutput.ReadLineAsync() is { } line; i++) Take(line);
        }
        finally
        {
            process.Kill();
        }

        while (await process.StandardOutput.ReadLineAsync() is { } line) Take(line);
        await process.WaitForExitAsync();
        (await process.StandardError.ReadToEndAsync()).ShouldBeEmpty($"life {life}");
    }

    private void Take(string line)
    {
        var space = line.IndexOf(' ');
        _acknowledged.Add(line[(space + 1)..], long.Parse(line.AsSpan(0, space), CultureInfo.InvariantCulture));
    }

    private async Task CheckAsync(int life)
    {
        await using var log = Victim.Open(_folder.Path);
        var resolved = await log.ResolveAsync(_lastRead);
        resolved.ShouldBe(new ResolvedCursor(_lastPosition, null), $"life {life}: the id {_lastRead} leads on");
        for (var after = resolved.Position; after < log.Head;)
        {
            var page = await log.ReadAsync(new LogQuery(after, MatcherSet.OfTopics(Enumerable.Range(0, 7).Select(i => Topic.Parse($"kept/{i}"))), 500, 1 << 20));
            foreach (var logged in page.Events) Read(logged, life);
            after = page.ReadThrough;
        }

        foreach (var (name, position) in _acknowledged) _read.GetValueOrDefault(name, -1).ShouldBe(position, $"life {life}: the acknowledged event {name}");
    }

    private void Read(LoggedEvent logged, int life)
    {
        logged.Position.ShouldBeGreaterThan(_lastPosition, $"life {life}: positions rise");
        _read.TryAdd(logged.Content.GetText(), logged.Position).ShouldBeTrue($"life {life}: {logged.Content.GetText()} is there once");
        _lastPosition = logged.Position;
        _lastRead = logged.Id;
    }

    private Process Start(int life) => Victim.Start(Victim.Argument, _folder.Path, life.ToString(CultureInfo.InvariantCulture));
}
