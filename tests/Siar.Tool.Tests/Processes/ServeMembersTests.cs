using System.Collections.Concurrent;
using System.Text.Json;

namespace Siar.Tool.Tests;

/// <summary>Hubs as processes on one log: each tells who is subscribed at all of them, and what becomes of the readers of one that goes.</summary>
[Trait("runs", "siar")]
public sealed class ServeMembersTests
{
    private const string Subscriptions = "/.well-known/mercure/subscriptions";
    private const int ReadersEach = 3;
    private static readonly string[] AllEngines = ["postgres", "nats", "redis"];
    private static int _logs;
    private readonly string _log = $"members_{Interlocked.Increment(ref _logs)}";

    public static MatrixTheoryData<string, int> EnginesAndSignals => new(AllEngines, [SiarProcess.SigTerm, SiarProcess.SigKill]);

    public static TheoryData<string> Engines => [.. AllEngines];

    /// <summary>One that is told to stop tells itself; of one that is killed the others tell, within ten seconds.</summary>
    [Theory]
    [MemberData(nameof(EnginesAndSignals))]
    public async Task The_readers_of_a_hub_that_is_drained_or_killed_are_told_to_have_gone_each_once_and_lists_are_the_same_everywhere(string engine, int signal)
    {
        await using var hubs = await StartThreeAsync(engine);
        var (a, b, c) = (hubs[0], hubs[1], hubs[2]);
        using var listener = await HubStream.OpenAsync(a.Http, $"/.well-known/mercure?match_urlpattern={Uri.EscapeDataString(Subscriptions + "/*")}");
        var told = new ConcurrentQueue<string>();
        var listening = listener.ReadToEndAsync(told.Enqueue);
        var streams = new List<HubStream>();
        foreach (var (hub, name) in new[] { (a, "a"), (b, "b"), (c, "c") }) streams.AddRange(await ReadAsync(hub, name));
        await UntilListsAreAsync([a, b, c], list => list.Count == 1 + (3 * ReadersEach));
        var before = await ListAsync(b);

        await c.Process.SignalAsync(signal);
        await UntilListsAreAsync([a, b], list => list.Count == 1 + (2 * ReadersEach));
        var gone = before.Except(await ListAsync(a)).Order().ToList();
        gone.Count.ShouldBe(ReadersEach);
        gone.ShouldAllBe(g => g.Contains(" c-"));
        await Waiting.UntilAsync(() => Gone(told).Distinct().Count() == ReadersEach);

        // What another hub tells a second time would come before what is told after it.
        streams.AddRange(await ReadAsync(b, "last"));
        await Waiting.UntilAsync(() => told.Count(l => l.Contains("\"last-", StringComparison.Ordinal)) == ReadersEach);
        Gone(told).Order().ShouldBe(gone);
        told.ShouldNotContain("event: siar.gap");
        listening.IsCompleted.ShouldBeFalse();
        if (signal == SiarProcess.SigTerm) (await c.Process.FinishAsync()).ExitCode.ShouldBe(ExitCode.Ok, c.Process.Said);
        foreach (var stream in streams) stream.Dispose();
        await a.Process.KillAsync();
        await Should.ThrowAsync<Exception>(listening);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_hub_that_is_stopped_and_goes_on_keeps_its_readers_and_they_are_listed_again(string engine)
    {
        await using var hubs = await StartThreeAsync(engine);
        var (a, c) = (hubs[0], hubs[2]);
        var streams = await ReadAsync(c, "c");
        await UntilListsAreAsync(hubs.All, list => list.Count == ReadersEach);
        var before = await ListAsync(a);

        await c.Process.SignalAsync(SiarProcess.SigStop);
        await UntilListsAreAsync([a, hubs[1]], list => list.Count == 0);
        await c.Process.SignalAsync(SiarProcess.SigCont);
        await UntilListsAreAsync(hubs.All, list => list.Count == ReadersEach);
        (await ListAsync(a)).Intersect(before).ShouldBeEmpty();
        await UntilListsAreAsync(hubs.All, list => list.Count == ReadersEach);

        // Each is the stream that it was.
        using var published = await a.Http.PostAsync("/events/?topic=c-0&topic=c-1&topic=c-2", new StringContent("still here"));
        published.IsSuccessStatusCode.ShouldBeTrue(await published.Content.ReadAsStringAsync());
        foreach (var stream in streams) await stream.ReadAsync("data: still here");
        foreach (var stream in streams) stream.Dispose();
        await UntilListsAreAsync(hubs.All, list => list.Count == 0);
    }

    private async Task<Hubs> StartThreeAsync(string engine)
    {
        var store = await SharedStores.StoreOfAsync(engine);
        var hubs = new Hubs([]);
        try
        {
            while (hubs.All.Count < 3) hubs.All.Add(await StartAsync(store));
            return hubs;
        }
        catch
        {
            await hubs.DisposeAsync();
            throw;
        }
    }

    private Task<RunningHub> StartAsync(string store) => RunningHub.StartAsync([.. SharedStores.Variables(_log), .. SharedStores.Variables("TIMEOUT", "60s"), new("SIAR_KEEP_ALIVE", "1s")], "--dev", "--store", store);

    private static async Task<List<HubStream>> ReadAsync(RunningHub hub, string name)
    {
        var streams = new List<HubStream>();
        for (var i = 0; i < ReadersEach; i++) streams.Add(await HubStream.OpenAsync(hub.Http, $"/.well-known/mercure?match={name}-{i}"));
        return streams;
    }

    private static List<string> Gone(IEnumerable<string> lines) =>
        [.. lines.Where(l => l.StartsWith("data: {", StringComparison.Ordinal)).Select(l => JsonElement.Parse(l["data: ".Length..])).Where(e => e.TryGetProperty("active", out var active) && !active.GetBoolean()).Select(NameOf)];

    private static string NameOf(JsonElement subscription) => $"{subscription.GetProperty("subscriber")} {subscription.GetProperty("match")}";

    private static async Task<List<string>> ListAsync(RunningHub hub)
    {
        using var answer = await hub.Http.GetAsync(Subscriptions);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return [.. json.RootElement.GetProperty("subscriptions").EnumerateArray().Select(NameOf)];
    }

    // All hubs give the same list, and it is as it should be. There is more time than the ten seconds that it may take.
    private static Task UntilListsAreAsync(IReadOnlyList<RunningHub> hubs, Func<List<string>, bool> isSo)
    {
        var lists = new List<List<string>>();
        return Waiting.UntilAsync(
            async () =>
            {
                lists.Clear();
                foreach (var hub in hubs) lists.Add(await ListAsync(hub));
                return isSo(lists[0]) && lists.All(l => l.SequenceEqual(lists[0]));
            },
            () => string.Join("\n", lists.Select(l => string.Join(", ", l))));
    }

    private sealed class Hubs(List<RunningHub> hubs) : IAsyncDisposable
    {
        public List<RunningHub> All => hubs;

        public RunningHub this[int index] => hubs[index];

        public async ValueTask DisposeAsync()
        {
            foreach (var hub in hubs) await hub.DisposeAsync();
        }
    }
}
