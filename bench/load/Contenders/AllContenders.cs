namespace Siar.Bench.Load.Contenders;

/// <summary>Every contender, in the order in which they take turns.</summary>
internal static class AllContenders
{
    public static IReadOnlyList<Contender> All { get; } =
    [
        new("floor", "C floor", FloorContender.StartAsync) { Missing = () => NeedsProgram("gcc") },
        new("siar-sockets", "Siar, bare sockets", s => SiarContender.StartAsync(s, "sockets")) { Missing = () => SiarContender.HasTransports ? null : "this build of siar has no --transport" },
        new("siar-native", "Siar native, bare sockets", s => SiarContender.StartNativeAsync(s, "sockets")) { Missing = () => File.Exists(Machine.NativeSiar) ? null : "the native program is not published" },
        new("nchan", "nginx with nchan", NchanContender.StartAsync) { Missing = () => NeedsProgram("nginx") },
        new("siar", "Siar, portable path", s => SiarContender.StartAsync(s, "portable")),
        new("typed-results", "TypedResults, channels", TypedResultsContender.StartAsync),
        new("siar-h2", "Siar, TLS with HTTP/2", SiarContender.StartSecureAsync),
        new("pushpin", "Pushpin", PushpinContender.StartAsync) { Missing = () => NeedsProgram("pushpin") ?? NeedsProgram("nginx") },
    ];

    /// <summary>A contender by its name; null where there is none.</summary>
    public static Contender? Find(string name) => All.FirstOrDefault(c => c.Name == name);

    private static string? NeedsProgram(string name) => Machine.Has(name) ? null : $"{name} is not installed";
}
