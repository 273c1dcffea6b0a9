namespace Siar.Hub.Tests.Members;

/// <summary>
/// Hubs that are started, killed, stopped and woken up, cut off and connected again at random, while readers come and go at all of them and listeners follow: compared with
/// the readers that there are.
/// </summary>
public sealed class MemberSimulationTests
{
    private const int MostHubs = 4;
    private const int Steps = 120;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 24)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_becomes_of_hubs_all_lists_are_the_readers_that_there_are_and_who_follows_is_told_all_or_a_gap(int seed)
    {
        var random = new Random(seed);
        var world = new MemberWorld();
        var listeners = new List<Listener>();
        world.Start();
        for (var step = 0; step < Steps; step++) await StepAsync(world, listeners, random);

        // Then all is well for half a minute.
        foreach (var hub in world.Hubs) (hub.IsRunning, hub.View.IsCut, hub.View.LosesAnswer) = (hub.IsRunning || !hub.IsDead, false, false);
        world.Hubs.RemoveAll(h => h.IsDead);
        if (world.Hubs.Count == 0) world.Start();
        await world.PassAsync(30, random);
        listeners.Add(await ListenAsync(world, world.Hubs[0]));
        world.Hubs[^1].Enter("last");
        await world.PassAsync(3, random);

        var truth = world.Hubs.SelectMany(h => h.Own()).Order().ToList();
        foreach (var hub in world.Hubs)
        {
            hub.List().Order().ToList().ShouldBe(truth, $"seed {seed}");
            hub.Members.Table.Live.ShouldBe(world.Hubs.Count, $"seed {seed}");
        }

        foreach (var gone in world.WordsAfter(0).Where(w => !w.IsActive).GroupBy(w => $"{w.Reader} {w.Subscription.Match}")) gone.Count().ShouldBe(1, $"{gone.Key}, seed {seed}");
        world.Signs.Count.ShouldBe(world.Hubs.Count, $"seed {seed}");
        foreach (var listener in listeners) listener.Follow(world)?.Order().ToList().ShouldBe(truth, $"seed {seed}, listener from {listener.After}");
        listeners[^1].Follow(world).ShouldNotBeNull();
    }

    private static async Task StepAsync(MemberWorld world, List<Listener> listeners, Random random)
    {
        var hub = world.Hubs[random.Next(world.Hubs.Count)];
        switch (random.Next(16))
        {
            case 0 when world.Hubs.Count < MostHubs:
                world.Start();
                break;
            case 1 when world.Hubs.Count > 1 && random.Next(3) == 0:
                (hub.IsRunning, hub.IsDead) = (false, true);
                world.Hubs.Remove(hub);
                break;
            case 2 when random.Next(2) == 0:
                hub.IsRunning = false;
                break;
            case 3 or 4:
                hub.IsRunning = true;
                break;
            case 5 when random.Next(2) == 0:
                hub.View.IsCut = true;
                break;
            case 6 or 7:
                hub.View.IsCut = false;
                break;
            case 8:
                hub.View.LosesAnswer = true;
                break;
            case 9 when hub.IsRunning && !hub.View.IsCut && world.Hubs.Count > 1 && random.Next(3) == 0:
                await hub.StopAsync(world);
                break;
            case 10 when hub.IsRunning && !hub.View.IsCut:
                listeners.Add(await ListenAsync(world, hub));
                break;
            case 11 or 12 when hub.Seats.Count > 0:
                hub.Leave(hub.Seats[random.Next(hub.Seats.Count)]);
                break;
            default:
                hub.Enter([.. Enumerable.Range(0, random.Next(1, 4)).Select(i => $"topic-{random.Next(5)}-{i}")]);
                break;
        }

        await world.PassAsync(random.Next(1, 8) / 2.0, random);
    }

    private static async Task<Listener> ListenAsync(MemberWorld world, MemberHub hub)
    {
        await WaitAsync(world, hub.Core.Hub.Presence!.AskAsync(default).AsTask());
        var after = hub.View.Head;
        await WaitAsync(world, hub.Members.KnowAllAsync(default));
        return new Listener(after, [.. hub.List()]);
    }

    private static async Task WaitAsync(MemberWorld world, Task waiting)
    {
        for (var i = 0; !waiting.IsCompleted; i++)
        {
            i.ShouldBeLessThan(40);
            await world.PassAsync(0.5);
        }

        await waiting;
    }

    /// <summary>One that asked for the list, and follows what is told since.</summary>
    private sealed record Listener(long After, HashSet<string> Listed)
    {
        /// <summary>What it takes to be there now; null where it was told a gap, and has to ask again.</summary>
        public HashSet<string>? Follow(MemberWorld world)
        {
            var known = new HashSet<string>(Listed);
            foreach (var content in world.EventsAfter(After))
            {
                if (content.IsPresencePause) return null;
                if (MemberForm.ReadOne(content) is not { } word) continue;
                if (word.IsActive) known.Add($"{word.Reader} {word.Subscription.Match}");
                else known.Remove($"{word.Reader} {word.Subscription.Match}");
            }

            return known;
        }
    }
}
