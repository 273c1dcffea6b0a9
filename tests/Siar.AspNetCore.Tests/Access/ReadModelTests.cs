using System.Net;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Siar.Hub;
using Siar.TestKit;
using Siar.Topics;

namespace Siar.AspNetCore.Tests.Access;

/// <summary>
/// Every caller, the stranger among them, reads exactly what a plain model allows: in generated rules, topics, patterns and cursors, on every door. The usual number of
/// configurations is small; <c>SIAR_CONFIGURATIONS=10000</c> tries so many.
/// </summary>
public sealed class ReadModelTests
{
    private const int Usual = 60;

    private static readonly string[] Topics = ["news/1", "news/2", "users/ann", "users/bob", "https://example.com/a", "plain"];

    // What each selector means, by hand and not by the matchers that are tested.
    private static readonly Selector[] Selectors =
    [
        new("topic=*", "match=*", "topic=*", "*", "*", [0, 1, 2, 3, 4, 5]) { IsOpenEnded = true },
        new("topic=news/1", "match=news/1", "topic=news/1", "news/1", "news/1", [0]),
        new("topic=users/ann", "match=users/ann", "topic=users/ann", "users/ann", "users/ann", [2]),
        new("topic=users/bob", "match=users/bob", "topic=users/bob", "users/bob", "users/bob", [3]),
        new("topic=plain", "match=plain", "topic=plain", "plain", "plain", [5]),
        new("pattern=news/*", "match_urlpattern=news/*", "topic=news/{id}", "news/*", "~news/*", [0, 1]) { IsOpenEnded = true },
        new("template=users/{name}", "match_urlpattern=users/:name", "topic=users/{name}", "users/{name}", "~users/:name", [2, 3]) { IsOpenEnded = true },
        new("pattern=https://example.com/*", "match_urlpattern=https://example.com/*", "topic=https://example.com/{x}", "https://example.com/*", "~https://example.com/*", [4]) { IsOpenEnded = true },
        new("template={%2Bany}", "match_urlpattern=*", "topic={%2Bany}", "{+any}", "*", [0, 1, 2, 3, 4, 5]) { IsOpenEnded = true },
    ];

    private static readonly Gen<Selector[]> Few = from list in Generated.ListOf(Gen.Elements(Selectors), 2) select list.Distinct().ToArray();

    private static readonly Gen<Told> Events =
        from first in Gen.Choose(0, Topics.Length - 1)
        from second in Gen.Choose(-4, Topics.Length - 1)
        from isPrivate in Gen.Elements(true, false, false)
        from key in Gen.Elements(null, "k", "l")
        select new Told(second < 0 || second == first ? [first] : [first, second], isPrivate, key);

    private static readonly Gen<Asking> Askings =
        from caller in Gen.Choose(0, 3)
        from asked in from one in Gen.Elements(Selectors) from more in Few select more.Prepend(one).Distinct().ToArray()
        from door in Gen.Elements(Door.Page, Door.Page, Door.Lines, Door.Stream, Door.MercureV1, Door.MercureV0)
        from start in Gen.Choose(-3, 9)
        select new Asking(caller, asked, door, start);

    private static readonly Gen<Configuration> Configurations =
        from open in Few
        from hasTokens in Gen.Elements(true, false)
        from hasHook in Gen.Elements(true, false)
        from token in Few
        from hookRead in Few
        from hookPublic in Few
        from kept in Gen.Elements(3, 100)
        from events in Gen.ListOf(Events, 10)
        from askings in Gen.ListOf(Askings, 8)
        where open.Length > 0 || hasTokens || hasHook
        select new Configuration(open, hasTokens, hasHook, token, hookRead, hookPublic, kept, [.. events], [.. askings]);

    [Fact]
    public void Everybody_reads_what_the_model_allows_and_nothing_else()
    {
        var count = Environment.GetEnvironmentVariable("SIAR_CONFIGURATIONS") is { Length: > 0 } text ? int.Parse(text) : Usual;
        Generated.Check(Configurations, configuration => CompareAsync(configuration).GetAwaiter().GetResult(), count);
    }

    private static async Task CompareAsync(Configuration configuration)
    {
        await using var hub = await TestHub.StartAsync(SetupOf(configuration));
        var ids = new List<string>();
        for (var i = 0; i < configuration.Events.Length; i++)
        {
            var told = configuration.Events[i];
            ids.Add((await hub.Hub.PublishAsync(new Event([.. told.About.Select(t => Topic.Parse(Topics[t]))], System.Text.Encoding.UTF8.GetBytes($"{i}")) { IsPrivate = told.IsPrivate, Key = told.Key })).Id.Value);
        }

        foreach (var asking in configuration.Askings)
        {
            var (status, data, gap) = await AskAsync(hub, configuration, asking, ids);
            var why = $"{asking} of {configuration}";
            status.ShouldBe(configuration.StatusOf(asking), why);
            if (status is not HttpStatusCode.OK) continue;
            data.ShouldBe(configuration.DueTo(asking).Select(i => $"{i}"), why);
            if (configuration.HasGap(asking) is { } missed) gap.ShouldBe(missed, why);
        }

        hub.Log.Errors.ShouldBeEmpty();
    }

    private static TestHubSetup SetupOf(Configuration configuration) => new()
    {
        Environment = "Production",
        Options = o =>
        {
            o.Resource = Keyring.Resource;
            o.Mercure.Subscriptions = false;
            o.Hub.Retention = new RetentionLimits(configuration.Kept, null, null);
            foreach (var open in configuration.Open) o.AnonymousReaders.Add(open.Allowed);
        },
        Siar = s =>
        {
            if (configuration.HasTokens) s.UseTokens(Keyring.Trust);
            if (configuration.HasHook) s.UseAuthorizer(c => new(c.Request.Headers.ContainsKey("X-Known") ? new SiarAccess { Subscribe = SetOf(configuration.HookRead), Public = SetOf(configuration.HookPublic) } : null));
        },
    };

    private static MatcherSet SetOf(IEnumerable<Selector> selectors) => MatcherSet.Of(selectors.Select(s =>
        s.Allowed.Contains('*') && s.Allowed != "*"
            ? Matcher.TryCreateUrlPattern(s.Allowed, Keyring.Resource, out var pattern, out var error) ? pattern : throw new FormatException(error)
            : Matcher.FromSelector(s.Allowed)));

    private static async Task<(HttpStatusCode Status, List<string> Data, bool Gap)> AskAsync(TestHub hub, Configuration configuration, Asking asking, List<string> ids)
    {
        var isMercure = asking.Door is Door.MercureV1 or Door.MercureV0;
        var query = string.Join('&', asking.Asked.Select(a => asking.Door switch { Door.MercureV1 => a.V1, Door.MercureV0 => a.V0, _ => a.Plain }));
        var beginning = configuration.BeginningOf(asking) switch { Beginning.Last => "&last=2", Beginning.Snapshot => "&snapshot=on", _ => "" };
        using var request = new HttpRequestMessage(HttpMethod.Get, isMercure ? $"/.well-known/mercure?{query}&signals=on" : $"/events?{query}{beginning}&signals=on&limit=1000");
        request.Headers.Add("Accept", asking.Door switch { Door.Page => "application/json", Door.Lines => "application/x-ndjson", _ => "text/event-stream" });
        if (beginning.Length == 0) request.Headers.TryAddWithoutValidation("Last-Event-ID", configuration.CursorOf(asking) is { } after ? ids[after] : "earliest");
        if (configuration.HasTokenOf(asking)) request.Headers.Authorization = new("Bearer", Keyring.Subscriber([.. configuration.Token.Select(t => t.Granted).DefaultIfEmpty("nothing")]));
        if (configuration.IsKnownTo(asking)) request.Headers.Add("X-Known", "");
        using var answer = await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (answer.StatusCode is not HttpStatusCode.OK) return (answer.StatusCode, [], false);
        var (data, gap) = await (asking.Door is Door.Page ? PageAsync(answer) : LiveAsync(answer, asking.Door));
        return (answer.StatusCode, data, gap);
    }

    private static async Task<(List<string> Data, bool Gap)> PageAsync(HttpResponseMessage answer)
    {
        using var page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return ([.. page.RootElement.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("data").GetString()!)], page.RootElement.TryGetProperty("gap", out _));
    }

    // Up to where the stream is level with the log.
    private static async Task<(List<string> Data, bool Gap)> LiveAsync(HttpResponseMessage answer, Door door)
    {
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var data = new List<string>();
        var (gap, type) = (false, "");
        while (await lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) is { } line)
        {
            if (door is Door.Lines && line.Length > 0)
            {
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.TryGetProperty("signal", out var signal)) type = signal.GetString()!;
                else data.Add(json.RootElement.GetProperty("data").GetString()!);
                gap |= type is "gap";
                if (type is "live") break;
                continue;
            }

            if (line.Length == 0) type = "";
            if (line.StartsWith("event: ", StringComparison.Ordinal)) type = line[7..];
            if (type is "siar.live") break;
            gap |= type is "siar.gap";
            if (type.Length == 0 && line.StartsWith("data: ", StringComparison.Ordinal)) data.Add(line[6..]);
        }

        return (data, gap);
    }

    private enum Door
    {
        Page,
        Lines,
        Stream,
        MercureV1,
        MercureV0,
    }

    private enum Beginning
    {
        Cursor,
        Last,
        Snapshot,
    }

    /// <summary>A way to say some topics on each door, and in a rule.</summary>
    private sealed record Selector(string Plain, string V1, string V0, string Allowed, string Granted, int[] Means)
    {
        public bool IsOpenEnded { get; init; }

        public override string ToString() => Plain;
    }

    private sealed record Told(int[] About, bool IsPrivate, string? Key)
    {
        public override string ToString() => $"{(IsPrivate ? "private " : "")}{string.Join('+', About)}{Key}";
    }

    /// <summary>Who asks (0 a stranger, 1 with a token, 2 known to the hook, 3 both), for what, where, and from where on.</summary>
    private sealed record Asking(int Caller, Selector[] Asked, Door Door, int Start)
    {
        public override string ToString() => $"caller {Caller} asks {string.Join<Selector>('&', Asked)} at {Door} from {Start}";
    }

    private sealed record Configuration(Selector[] Open, bool HasTokens, bool HasHook, Selector[] Token, Selector[] HookRead, Selector[] HookPublic, int Kept, Told[] Events, Asking[] Askings)
    {
        // A token decides where it counts, else the hook.
        public bool HasTokenOf(Asking asking) => HasTokens && asking.Caller is (1 or 3);

        public bool IsKnownTo(Asking asking) => HasHook && asking.Caller is (2 or 3);

        public Beginning BeginningOf(Asking asking) =>
            asking.Door is Door.MercureV1 or Door.MercureV0 ? Beginning.Cursor : asking.Start switch { -2 => Beginning.Last, -3 => Beginning.Snapshot, _ => Beginning.Cursor };

        public int? CursorOf(Asking asking) => asking.Start < 0 || Events.Length == 0 ? null : asking.Start % Events.Length;

        public HttpStatusCode StatusOf(Asking asking)
        {
            if (!HasTokenOf(asking) && !IsKnownTo(asking) && Open.Length == 0) return HttpStatusCode.Unauthorized;
            var readable = Readable(asking);
            // A token that grants nothing of these grants something else.
            var isNothing = (readable.Count == 0 && !HasTokenOf(asking)) || (!asking.Asked.Any(a => a.IsOpenEnded) && !asking.Asked.Any(a => a.Means.Any(readable.Contains)));
            if (!isNothing) return HttpStatusCode.OK;
            // [Mercure 0.x] 401 wherever it is about the token.
            return asking.Door is Door.MercureV0 ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden;
        }

        /// <summary>The numbers of the events that are due, in order.</summary>
        public List<int> DueTo(Asking asking)
        {
            // The newest event of a key outlives the limits.
            var first = BeginningOf(asking) is Beginning.Snapshot ? 0 : Math.Max(0, Events.Length - Kept);
            var kept = Enumerable.Range(0, Events.Length).Skip(first).Where(i => IsDue(asking, i)).ToList();
            var served = Served(asking);
            return BeginningOf(asking) switch
            {
                Beginning.Last => [.. kept.Where(i => Events[i].About.Any(t => served.Contains(t) && kept.Where(k => Events[k].About.Contains(t)).TakeLast(2).Contains(i)))],
                Beginning.Snapshot => [.. kept.Where(i => Events[i].Key is not null && !kept.Any(k => k > i && Events[k].Key == Events[i].Key && Events[k].About[0] == Events[i].About[0]))],
                _ => [.. kept.Where(i => CursorOf(asking) is not { } after || i > after)],
            };
        }

        /// <summary>Whether the caller has missed something after its cursor; null where the hub may tell one though it has not, since it does not remember all topics of what it dropped.</summary>
        public bool? HasGap(Asking asking)
        {
            if (BeginningOf(asking) is not Beginning.Cursor || CursorOf(asking) is not { } after) return false;
            var lost = Enumerable.Range(0, Math.Max(0, Events.Length - Kept)).Where(i => i > after).ToList();
            if (lost.Exists(i => IsDue(asking, i))) return true;
            var served = Served(asking);
            var hasGrant = HasTokenOf(asking) || Grants(asking).Count > 0;
            return hasGrant && lost.Exists(i => Events[i].IsPrivate && Events[i].About.Any(served.Contains)) ? null : false;
        }

        private bool IsDue(Asking asking, int number)
        {
            var told = Events[number];
            return told.About.Any(Served(asking).Contains) && (!told.IsPrivate || told.About.Any(Grants(asking).Contains));
        }

        private HashSet<int> Served(Asking asking) => [.. asking.Asked.SelectMany(a => a.Means).Intersect(Readable(asking))];

        private HashSet<int> Grants(Asking asking) => [.. (HasTokenOf(asking) ? Token : IsKnownTo(asking) ? HookRead : []).SelectMany(s => s.Means)];

        private HashSet<int> Readable(Asking asking)
        {
            if (HasTokenOf(asking) && asking.Door is (Door.MercureV1 or Door.MercureV0)) return [.. Enumerable.Range(0, Topics.Length)];
            var more = !HasTokenOf(asking) && IsKnownTo(asking) ? HookPublic : [];
            return [.. Grants(asking), .. more.SelectMany(s => s.Means), .. Open.SelectMany(s => s.Means)];
        }

        public override string ToString() =>
            $"open [{string.Join<Selector>(' ', Open)}], tokens {HasTokens} [{string.Join<Selector>(' ', Token)}], hook {HasHook} [{string.Join<Selector>(' ', HookRead)}] public [{string.Join<Selector>(' ', HookPublic)}], keeps {Kept} of {string.Join<Told>(", ", Events)}";
    }
}
