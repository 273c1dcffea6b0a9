using System.Diagnostics;
using System.Text;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Sqlite.Tests.Kill;

/// <summary>The process that is killed: a hub under load, which writes a line for each event that it has acknowledged.</summary>
internal static class Victim
{
    public const string Argument = "--victim";
    private const int Publishers = 8;

    /// <summary>How its log is opened, everything small, so that each part of it is killed at some time.</summary>
    public static SqliteLog Open(string path) => SqliteLog.Open(
        path,
        new SqliteLogOptions { WriteAheadBytes = 256 << 10, IndexedAtOnce = 100, Readers = 1 },
        new RetentionPlan(Contract.LogFixture.NoLimits, [new RetentionClass("passing/", new RetentionLimits(50, null, 20_000))]),
        TimeProvider.System);

    /// <summary>Starts this program again, in a process of its own.</summary>
    public static Process Start(params IEnumerable<string> arguments)
    {
        // A test program runs by itself, or as an argument of dotnet's.
        var self = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [typeof(Victim).Assembly.Location] : [];
        return Process.Start(new ProcessStartInfo(self, [.. program, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    /// <summary>Publishes until it is killed.</summary>
    /// <param name="path">The log.</param>
    /// <param name="life">The number of this life.</param>
    public static async Task<int> RunAsync(string path, int life)
    {
        await using var log = Open(path);
        await using var hub = new EventHub(log, new HubOptions { Lanes = 1 }, TimeProvider.System);
        hub.Start();
        await using var output = Console.OpenStandardOutput();
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(n => PublishAsync(hub, output, life, n)));
        return 0;
    }

    private static async Task PublishAsync(IHub hub, Stream output, int life, int publisher)
    {
        for (var i = 0; ; i++)
        {
            var name = $"{life}-{publisher}-{i}";
            var kept = await hub.PublishAsync(new Event(Topic.Parse($"kept/{i % 7}"), name) { Id = i % 3 == 0 ? EventId.Parse(name) : default });
            Write(output, $"{kept.Position} {name}\n");
            await hub.PublishAsync(new Event(Topic.Parse($"passing/{publisher}"), name));
        }
    }

    // One write: a line is there whole or not at all.
    private static void Write(Stream output, string line)
    {
        lock (output) output.Write(Encoding.UTF8.GetBytes(line));
    }
}
