using FsCheck;
using FsCheck.Fluent;
using Siar.Auth;
using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Mercure;

/// <summary>
/// Who gets what: every combination of dialect, kind of token, kind of matcher and visibility, generated, against a plain model. No private
/// event ever comes to somebody without a grant, and nothing that is due is left out.
/// </summary>
public sealed class DeliveryMatrixTests
{
    private static readonly string[] Topics = ["https://example.com/a/1", "https://example.com/a/2", "https://example.com/b/1", "plain", "https://hub.example/r/1"];

    // What a rule means, said without the matchers that are tested: the topics of each by hand.
    private static readonly Rule[] Rules =
    [
        new("nothing", null, null, []),
        new("exact", "https://example.com/a/1", "https://example.com/a/1", [0]),
        new("plain", "plain", "plain", [3]),
        new("pattern", "~https://example.com/a/:id", "https://example.com/a/{id}", [0, 1]),
        new("relative", "~/r/:id", "https://hub.example/r/{id}", [4]),
        new("star", "*", "*", [0, 1, 2, 3, 4]),
    ];

    private static readonly Gen<Reader> Readers =
        from dialect in Gen.Elements(TokenDialect.V1, TokenDialect.V0)
        from tokenDialect in Gen.Elements(TokenDialect.V1, TokenDialect.V0)
        from asked in Gen.Choose(1, Rules.Length - 1)
        from alsoAsked in Gen.Choose(1, Rules.Length - 1)
        from granted in Gen.Choose(-1, Rules.Length - 1)
        from alsoGranted in Gen.Choose(0, Rules.Length - 1)
        select new Reader(dialect, tokenDialect, [Rules[asked], Rules[alsoAsked]], granted < 0 ? null : [Rules[granted], Rules[alsoGranted]]);

    private static readonly Gen<Update> Updates =
        from first in Gen.Choose(0, Topics.Length - 1)
        from second in Gen.Choose(-1, Topics.Length - 1)
        from isPrivate in Gen.Elements(true, true, false)
        select new Update(second < 0 || second == first ? [first] : [first, second], isPrivate);

    [Fact]
    public async Task Everybody_gets_what_is_due_and_nothing_else()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open(o => o.Mercure.Subscriptions = false));
        foreach (var (readers, updates) in Take(25, from readers in Gen.ListOf(Readers, 24) from updates in Gen.ListOf(Updates, 40) select (readers.ToList(), updates.ToList())))
        {
            var streams = new List<MercureReader>();
            foreach (var reader in readers) streams.Add(await hub.OpenAsync(reader.Query, reader.Token));
            for (var i = 0; i < updates.Count; i++) await hub.PublishedAsync(updates[i].Body(i), i % 2 == 0 ? Keyring.Publisher("*") : Keyring.LegacyPublisher("*"));
            await hub.PublishedAsync("topic=the+end&data=the+end", Keyring.Publisher("*"));
            for (var r = 0; r < readers.Count; r++)
            {
                for (var i = 0; i < updates.Count; i++)
                {
                    if (readers[r].IsDue(updates[i])) (await streams[r].NextAsync()).ShouldEndWith($"data: {i}\n\n", Case.Sensitive, readers[r].ToString());
                }

                (await streams[r].NextAsync()).ShouldEndWith("data: the end\n\n", Case.Sensitive, readers[r].ToString());
                streams[r].Dispose();
            }
        }
    }

    private static List<T> Take<T>(int count, Gen<T> inputs)
    {
        var taken = new List<T>(count);
        Generated.Check(inputs, taken.Add, count);
        return taken;
    }

    private sealed record Rule(string Name, string? V1, string? V0, int[] Means);

    private sealed record Update(int[] About, bool IsPrivate)
    {
        public string Body(int number) => $"{string.Join('&', About.Select(t => $"topic={Topics[t]}"))}&data={number}{(IsPrivate ? "&private=on" : "")}";
    }

    private sealed record Reader(TokenDialect Dialect, TokenDialect TokenDialect, Rule[] Asked, Rule[]? Granted)
    {
        public string Query => string.Join('&', Asked.Select(FieldOf)) + (Dialect is TokenDialect.V1 ? "&match=the%20end" : "&topic=the%20end");

        public string? Token => Granted is null ? null
            : TokenDialect is TokenDialect.V1 ? Keyring.Subscriber([.. Granted.Select(g => g.V1 ?? "nothing")])
            : Keyring.LegacySubscriber([.. Granted.Select(g => g.V0).OfType<string>()]);

        public bool IsDue(Update update) =>
            update.About.Any(t => Asked.Any(a => a.Means.Contains(t)))
            && (!update.IsPrivate || (Granted is not null && update.About.Any(t => Granted.Any(g => g.Means.Contains(t)))));

        public override string ToString() => $"{Query} with {(Granted is null ? "no token" : string.Join(" and ", Granted.Select(g => g.Name)))} ({TokenDialect})";

        private string FieldOf(Rule rule) => Dialect is TokenDialect.V0 ? "topic=" + rule.V0 : rule.V1!.StartsWith('~') ? "match_urlpattern=" + rule.V1[1..] : "match=" + rule.V1;
    }
}
