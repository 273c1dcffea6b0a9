using System.Text.RegularExpressions;
using Siar.UrlPatterns.Regexes;

namespace Siar.Bench.Micro.Topics;

/// <summary>
/// The automaton of URL Patterns beside the platform's <see cref="RegexOptions.NonBacktracking"/>, in memory a pattern that has been used and in time a match
/// by turns: <c>dotnet run -c Release --project bench/micro -- machine</c>. Decision 25 rests on it.
/// </summary>
internal static class MachinePaired
{
    private const int MatchesARound = 200;

    private static readonly (string Name, string Expression, string Text, int Count)[] Cases =
    [
        ("number", @"\d+", "12345", 1_000),
        ("segments", @"users\/[^\/]+\/messages\/[^\/]+", "users/17/messages/4", 1_000),
        ("choice", @"(?:news|sport|weather)\/(?:de|en|fr)", "weather/en", 1_000),
        ("UUID", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "6f1c6bbe-0f51-4c62-9d5f-0a1f9cbb8c11", 200),
        ("blow-up", "(?:[ab]*a[ab]{12})*c", string.Concat(Enumerable.Repeat("abbab", 40)), 20),
        ("many states", "(?:a?){1000}b", new string('a', 200), 5),
    ];

    public static void Run()
    {
        Console.WriteLine("| expression | own, bytes | platform, bytes | own, least for 200 matches | platform, least | ratio | median ratio |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var (name, expression, text, count) in Cases)
        {
            var ownBytes = Retained(count, () => Own(expression), p => p.IsMatch(text, 0, out _));
            var platformBytes = Retained(count, () => Platform(expression), r => r.IsMatch(text));
            var (own, platform) = (Own(expression), Platform(expression));
            if (own.IsMatch(text, 0, out _) != platform.IsMatch(text)) throw new InvalidOperationException($"The two disagree about '{expression}'.");
            var matches = name == "many states" ? 1 : MatchesARound;
            Paired.Compare(
                $"{name} | {ownBytes:N0} | {platformBytes:N0}",
                () => Repeat(matches, () => own.IsMatch(text, 0, out _)),
                () => Repeat(matches, () => platform.IsMatch(text)));
        }
    }

    private static MatchProgram Own(string expression) => MatchCompiler.Compile(RegexParser.Parse(expression, ignoreCase: false), 8_192);

    private static Regex Platform(string expression) =>
        new($@"\A(?:{expression})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Regex.InfiniteMatchTimeout);

    private static long Retained<T>(int count, Func<T> make, Func<T, bool> match)
    {
        match(make());
        var held = new T[count];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < count; i++)
        {
            held[i] = make();
            match(held[i]);
        }

        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(held);
        return (after - before) / count;
    }

    private static long Repeat(int times, Func<bool> match)
    {
        var matched = 0L;
        for (var i = 0; i < times; i++) matched += match() ? 1 : 0;
        return matched;
    }
}
