using System.Text;
using Siar.Hub;
using Siar.Storage.Contract;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Sqlite.Tests.Reading;

/// <summary>
/// A file is damaged at random, and readers of every kind begin at random places: each event that was kept is given, or lies in a place of which it
/// is told that it cannot be read. The environment variable <c>SIAR_CORRUPTIONS</c> asks for more than usual.
/// </summary>
public sealed class CorruptionTests : IDisposable
{
    private const int UsualRounds = 60;
    private const int PageBytes = 4_096;
    private const int Topics = 30;
    private static readonly RetentionPlan Plan = new(LogFixture.NoLimits, [new RetentionClass("passing/", new RetentionLimits(40, null, 1 << 20))]);

    private readonly LogFolder _folder = new();
    private readonly Dictionary<long, LoggedEvent> _kept = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_event_is_missing_in_silence_whatever_was_damaged_and_wherever_a_reader_begins(bool isRestored)
    {
        await FillAsync(isRestored);
        var sound = await File.ReadAllBytesAsync(_folder.Path);
        var rounds = Environment.GetEnvironmentVariable("SIAR_CORRUPTIONS") is { Length: > 0 } asked ? int.Parse(asked) : UsualRounds;
        var (refused, told) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var random = new Random(round);
            using var folder = new LogFolder();
            var what = Damage(sound, random, out var damaged);
            await File.WriteAllBytesAsync(folder.Path, damaged);
            var isSound = LooksSound(folder.Path);
            SqliteLog log;
            try
            {
                log = Open(folder);
            }
            catch (SqliteLogException failure)
            {
                failure.Message.ShouldContain("log");
                refused++;
                continue;
            }

            await using (log)
            {
                for (var reader = 0; reader < 12; reader++)
                {
                    var after = random.Next(5) == 0 ? 0 : random.Next((int)log.Head);
                    if (!await IsToldAsync(log, Matchers(random, reader), after, $"round {round}, {what}, reader {reader} after {after}")) continue;
                    told++;
                    isSound.ShouldBeFalse($"round {round}, {what}");
                }
            }
        }

        // The file is not so that nothing is ever hit.
        refused.ShouldBeLessThan(rounds * 3 / 4);
        told.ShouldBeGreaterThan(rounds / 4);
    }

    public void Dispose() => _folder.Dispose();

    private static SqliteLog Open(LogFolder folder) => SqliteLog.Open(folder.Path, new SqliteLogOptions { Readers = 1, IndexedAtOnce = 60, MaxScanned = 100 }, Plan, folder.Time);

    private async Task FillAsync(bool isRestored)
    {
        await using (var log = Open(_folder))
        {
            var random = new Random(1);
            for (var i = 1; i <= 900; i++)
            {
                var topic = Topic.Parse(i % 3 == 0 ? $"passing/{i % 7}" : $"https://example.com/{i % Topics}");
                await log.AppendAsync([new Append([new Event([topic, Topic.Parse($"other/{i % 5}")], Encoding.UTF8.GetBytes(new string((char)('a' + (i % 26)), random.Next(20, 300)))) { Id = i % 4 == 0 ? EventId.Parse($"own-{i}") : default }])]);
                if (i % 100 == 0) await log.MaintainOnceAsync();
            }
        }

        if (isRestored) SqliteLogFile.Restore(_folder.Path, _folder.Path, _folder.Time);
        foreach (var logged in SqliteLogFile.Read(_folder.Path)) _kept.Add(logged.Position, logged);
        _kept.Count.ShouldBe(640);
    }

    private static bool LooksSound(string path)
    {
        try
        {
            return SqliteLogFile.Verify(path).IsSound;
        }
        catch (SqliteLogException)
        {
            return false;
        }
    }

    private static string Damage(byte[] sound, Random random, out byte[] damaged)
    {
        damaged = (byte[])sound.Clone();
        var pages = damaged.Length / PageBytes;
        var (one, other) = (random.Next(1, pages), random.Next(1, pages));
        var page = damaged.AsSpan(one * PageBytes, PageBytes);
        switch (random.Next(6))
        {
            case 0:
                var bit = random.Next(PageBytes, damaged.Length);
                damaged[bit] ^= (byte)(1 << random.Next(8));
                return $"a bit of byte {bit}";
            case 1:
                var at = random.Next(PageBytes, damaged.Length - 8);
                random.NextBytes(damaged.AsSpan(at, 8));
                return $"eight bytes at {at}";
            case 2:
                page.Clear();
                return $"page {one} is empty";
            case 3:
                damaged.AsSpan(other * PageBytes, PageBytes).CopyTo(page);
                return $"page {one} is page {other}";
            default:
                var kept = page.ToArray();
                damaged.AsSpan(other * PageBytes, PageBytes).CopyTo(page);
                kept.CopyTo(damaged.AsSpan(other * PageBytes));
                return $"pages {one} and {other} have changed places";
        }
    }

    private static MatcherSet Matchers(Random random, int reader) => (reader % 4) switch
    {
        0 => MatcherSet.All,
        1 => MatcherSet.OfTopics(Topic.Parse($"https://example.com/{random.Next(Topics)}"), Topic.Parse($"other/{random.Next(5)}")),
        2 => MatcherSet.Of(Template("passing/{n}")),
        _ => MatcherSet.Of(Pattern("https://example.com/:n")),
    };

    private static Matcher Template(string text) => Matcher.TryCreateUriTemplate(text, out var matcher, out _) ? matcher : throw new FormatException(text);

    private static Matcher Pattern(string text) => Matcher.TryCreateUrlPattern(text, null, out var matcher, out _) ? matcher : throw new FormatException(text);

    private async Task<bool> IsToldAsync(SqliteLog log, MatcherSet matchers, long after, string about)
    {
        var missing = _kept.Values.Where(e => e.Position > after && matchers.MatchesAny(e.Content.Topics)).ToDictionary(e => e.Position);
        var isTold = false;
        while (after < log.Head)
        {
            var page = await log.ReadAsync(new LogQuery(after, matchers, 40, 1 << 20));
            page.ReadThrough.ShouldBeGreaterThan(after, about);
            foreach (var logged in page.Events)
            {
                missing.Remove(logged.Position, out var kept).ShouldBeTrue($"{about}: {logged.Position} is given once, and was kept");
                logged.Content.Data.Span.SequenceEqual(kept!.Content.Data.Span).ShouldBeTrue(about);
                logged.Content.Topics.ShouldBe(kept.Content.Topics, about);
            }

            if (page.Damage is not null)
            {
                isTold = true;
                foreach (var lost in missing.Keys.Where(p => p > after && p <= page.ReadThrough).ToList()) missing.Remove(lost);
            }

            after = page.ReadThrough;
        }

        missing.Keys.ShouldBeEmpty(about);
        return isTold;
    }
}
