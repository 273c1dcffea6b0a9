namespace Siar.Bench.Load.Scenarios;

/// <summary>Every scenario, in the order of the report.</summary>
internal static class AllScenarios
{
    private const string Sockets = "siar-sockets";
    private const string Native = "siar-native";
    private const string Portable = "siar";
    private const string Http2 = "siar-h2";
    private const string Nchan = "nchan";
    private const string Pushpin = "pushpin";
    private const string TypedResults = "typed-results";
    private const string Floor = "floor";

    // Pushpin, and TLS at both ends, are not asked for more readers than they or the load can serve on one core.
    private static readonly string[] Few = [Floor, Sockets, Native, Nchan, Portable, TypedResults, Http2, Pushpin];
    private static readonly string[] Many = [Floor, Sockets, Native, Nchan, Portable, TypedResults];
    private static readonly string[] WithHistory = [Sockets, Native, Nchan, Portable];
    private static readonly string[] WithPatience = [Sockets, Native, Nchan, Portable, TypedResults];

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Fanout("fanout-1k", 1_000, 40) with { Contenders = Few },
        Fanout("fanout-10k", 10_000, 8),
        Fanout("fanout-18k", 18_000, 4),
        new("own-topics-10k", "10,000 readers, each on a topic of its own, 64 publishers, closed loop")
            { Readers = 10_000, Topics = 10_000, Publishers = 64, Rate = 0, Contenders = Many, Parts = [Part.Flow] },
        new("topics-1k-x10", "1,000 topics with 10 readers each, 1,000 events a second")
            { Readers = 10_000, Topics = 1_000, Publishers = 8, Rate = 1_000, Contenders = Many, Parts = [Part.Flow] },
        Size("size-16", 16),
        Size("size-100", 100),
        Size("size-1k", 1_024),
        Size("size-16k", 16 << 10) with { Readers = 2_000 },
        Burst("burst-1k", 1_000) with { Contenders = Few },
        Burst("burst-10k", 10_000),
        new("slow-tenth", "1,000 readers, a tenth of which do not read, 16 KiB, 25 events a second")
            { Readers = 1_000, Slow = 10, Bytes = 16 << 10, Rate = 25, Seconds = 12, Contenders = WithPatience, Parts = [Part.Flow, Part.Slow] },
        new("resume-storm", "5,000 readers come back at once, 50 events behind")
            { Readers = 5_000, Missed = 50, Seconds = 3, ConnectAtOnce = 1_000, Contenders = WithHistory, Parts = [Part.Resume] },
        new("connect-storm", "10,000 readers connect, 1,000 at once") { Readers = 10_000, Seconds = 0, ConnectAtOnce = 1_000, Contenders = Many, Parts = [Part.Connect] },
        Idle("idle-1k", 1_000) with { Contenders = Few },
        Idle("idle-10k", 10_000),
        Idle("idle-18k", 18_000),
        new("plain-1k", "1,000 readers, 1 KiB, as gzip-1k without gzip") { Readers = 1_000, Bytes = 1_024, Rate = 20, Contenders = [Sockets, Portable], Parts = [Part.Flow] },
        new("gzip-1k", "1,000 readers, 1 KiB of JSON, gzip") { Readers = 1_000, Bytes = 1_024, Rate = 20, IsGzip = true, Contenders = [Sockets, Portable], Parts = [Part.Flow] },
        new("hubs-50k", "50,000 readers over three independent servers, 3 topics, 3 events a second")
            { Readers = 50_000, Topics = 3, Servers = 3, Rate = 3, Contenders = [Floor, Sockets, Native, Nchan, Portable], Parts = [Part.Flow, Part.Idle] },
    ];

    /// <summary>A scenario by its name; null where there is none.</summary>
    public static Scenario? Find(string name) => All.FirstOrDefault(s => s.Name == name);

    private static Scenario Fanout(string name, int readers, double rate) => new(name, $"1 topic, {readers:N0} readers, 100 bytes, {rate} events a second")
        { Readers = readers, Rate = rate, Contenders = Many, Parts = [Part.Flow] };

    private static Scenario Size(string name, int bytes) => new(name, $"{bytes:N0} bytes, at the rate at which the floor uses half its core")
        { Readers = 5_000, Bytes = bytes, Rate = null, Contenders = Many, Parts = [Part.Flow] };

    private static Scenario Burst(string name, int readers) => new(name, $"1,000 events back to back to {readers:N0} readers")
        { Readers = readers, Burst = 1_000, Publishers = 8, Seconds = 0, Contenders = Many, Parts = [Part.Burst] };

    private static Scenario Idle(string name, int readers) => new(name, $"{readers:N0} idle readers, looked at after 12 s")
        { Readers = readers, Seconds = 0, Settle = 12, Contenders = Many, Parts = [Part.Idle, Part.Connect] };
}
