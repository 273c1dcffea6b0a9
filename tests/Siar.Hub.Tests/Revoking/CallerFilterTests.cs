using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Siar.TestKit;

namespace Siar.Hub.Tests.Revoking;

/// <summary>Whom a filter means, against the plain reading of its words.</summary>
public sealed class CallerFilterTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(20_000);

    [Fact]
    public void Whoever_shares_a_word_but_not_its_meaning_is_not_meant()
    {
        CallerFilter[] filters =
        [
            CallerFilter.User("alice"), CallerFilter.User("alice", "a"), CallerFilter.User("alice", "alice"), CallerFilter.User("alic", "e"), CallerFilter.Token("alice"),
            CallerFilter.Claim("sub", "alice"), CallerFilter.Claim("su", "balice"), CallerFilter.Claim("alice", "sub"), CallerFilter.User("192.0.2.1"), CallerFilter.Address(IPAddress.Parse("192.0.2.1")),
        ];
        filters.Select(f => f.Mark).Distinct().Count().ShouldBe(filters.Length);
        filters.Select(f => f.ToString()).Distinct().Count().ShouldBe(filters.Length);
        // It stands in logs, so that it must be the same in every process and every build.
        CallerFilter.User("alice").Mark.ToString("x32").ShouldBe("d379ddeff38e239b71f214285b3eae08");
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    public void An_address_is_what_the_limits_call_a_client(string address, string name) => CallerFilter.Address(IPAddress.Parse(address)).Value.ShouldBe(name);

    [Fact]
    public void A_text_that_can_be_no_name_is_refused()
    {
        foreach (var text in new[] { "", "\ud800", "x\udc00", "\udc00\ud800", new string('x', CallerFilter.LongestText + 1) })
        {
            Should.Throw<ArgumentException>(() => CallerFilter.User(text));
            Should.Throw<ArgumentException>(() => CallerFilter.User("alice", text));
            Should.Throw<ArgumentException>(() => CallerFilter.Token(text));
            Should.Throw<ArgumentException>(() => CallerFilter.Claim(text, "x"));
            Should.Throw<ArgumentException>(() => CallerFilter.Claim("x", text));
        }

        CallerFilter.User(new string('x', CallerFilter.LongestText - 2) + "\ud83d\ude00").Value.Length.ShouldBe(CallerFilter.LongestText);
    }

    [Fact]
    public void A_fact_is_read_from_the_log_as_it_was_written()
    {
        Generated.Check(Filters, filter =>
        {
            foreach (var until in new DateTimeOffset?[] { null, DateTimeOffset.UnixEpoch, Now })
            {
                RevocationFact.TryRead(new RevocationFact(filter, until, "hub").ToEvent(), out var fact).ShouldBeTrue();
                fact.ShouldBe(new RevocationFact(filter, until, "hub"));
            }
        });
    }

    [Fact]
    public void Callers_are_refused_as_a_plain_reading_of_the_newest_words_says()
    {
        var step = from filter in Filters from minutes in Gen.Choose(-2, 3) from again in Gen.Choose(0, 4) select (filter, minutes, again);
        var histories = from steps in Generated.ListOf(step, 12) from callers in Generated.ListOf(Callers, 6) select (steps, callers);
        Generated.Check(histories, history =>
        {
            var table = new RevocationTable();
            var facts = history.steps.Select((s, i) => (Fact: new RevocationFact(s.filter, Now.AddMinutes(s.minutes), "hub"), Logged: At(i + 1, s.filter))).ToList();
            // In whatever order they come, and some of them twice.
            foreach (var (fact, logged) in facts.Concat(facts.Where((_, i) => history.steps[i].again == 0)).OrderBy(f => history.steps[(int)f.Logged.Position - 1].again)) table.Apply(fact, logged);
            Compare(table, Now);
            table.Reach(facts.Count);
            table.Forget(Now.AddMinutes(1));
            Compare(table, Now.AddMinutes(1));

            // What a hub reads that starts now is the newest of each key.
            var later = new RevocationTable();
            later.Replace(facts.GroupBy(f => f.Fact.Callers).Select(g => g.Last()).OrderBy(f => f.Logged.Position), facts.Count, isLost: false);
            Compare(later, Now);

            void Compare(RevocationTable of, DateTimeOffset at)
            {
                foreach (var caller in history.callers)
                {
                    var refusing = facts.GroupBy(f => f.Fact.Callers).Select(g => g.Last().Fact).Where(f => f.Until > at && caller.IsMeantBy(f.Callers)).Select(f => f.Callers).ToList();
                    var found = of.Find(caller.Marks(), caller.Address, at);
                    if (refusing.Count == 0) found.ShouldBeNull();
                    else refusing.ShouldContain(found.ShouldNotBeNull().Callers);
                }
            }
        });
    }

    private static Gen<CallerFilter> Filters => Gen.OneOf(
        Names.Select(n => CallerFilter.User(n)), from n in Names from i in Names select CallerFilter.User(n, i), Names.Select(CallerFilter.Token),
        from t in Names from v in Names select CallerFilter.Claim(t, v), Addresses.Select(a => CallerFilter.Address(IPAddress.Parse(a))));

    private static Gen<Caller> Callers =>
        from name in Names
        from issuer in Gen.OneOf(Gen.Constant<string?>(null), Names.Select(string? (n) => n))
        from token in Gen.OneOf(Gen.Constant<string?>(null), Names.Select(string? (n) => n))
        from claims in Generated.ListOf(from t in Names from v in Names select (t, v), 3)
        from address in Gen.OneOf(Gen.Constant<string?>(null), Addresses.Select(string? (a) => a))
        select new Caller(name, issuer, token, claims, address);

    private static Gen<string> Names => Gen.Elements("a", "b", "ab", "1", "192.0.2.1");

    private static Gen<string> Addresses => Gen.Elements("192.0.2.1", "192.0.2.2");

    private static LoggedEvent At(long position, CallerFilter filter) => new(position, default, Now, new RevocationFact(filter, Now, "hub").ToEvent());

    private sealed record Caller(string Name, string? Issuer, string? Token, IReadOnlyList<(string Type, string Value)> Claims, string? Address)
    {
        public bool IsMeantBy(CallerFilter filter) => filter.Kind switch
        {
            CallerFilterKind.User => filter.Value == Name && (filter.Qualifier is null || filter.Qualifier == Issuer),
            CallerFilterKind.Token => filter.Value == Token,
            CallerFilterKind.Claim => Claims.Contains((filter.Qualifier!, filter.Value)),
            _ => filter.Value == Address,
        };

        public CallerMarks? Marks()
        {
            var marks = new CallerMarks.Builder();
            marks.AddUser(Name, Issuer);
            if (Token is not null) marks.AddToken(Token);
            foreach (var (type, value) in Claims) marks.AddClaim(type, value);
            return marks.Build();
        }
    }
}
