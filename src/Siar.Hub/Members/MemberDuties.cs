using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// What this hub owes the others by the log, to be appended by the presence feed in its turn, so that it stands in order among comings and goings: facts, its roster,
/// and the going of the readers of a hub that is no more. What was not kept is owed again. Safe for concurrent use.
/// </summary>
/// <param name="prefix">What the topics of subscriptions begin with.</param>
/// <param name="form">How events tell of subscriptions.</param>
/// <param name="own">This hub.</param>
/// <param name="readers">Its readers.</param>
/// <param name="directory">Those of the others.</param>
internal sealed class MemberDuties(string prefix, PresenceForm form, HubId own, LocalReaders readers, MemberDirectory directory)
{
    // A going is told once while its key is known: by whoever tells it first. Another hub, or the one that was given up, is not later than this.
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);

    private const string Scope = "siar.hubs";
    private const int SweptAtOnce = 256;
    private const int PartBytes = 32 << 10;
    private const int ChunkSubscriptions = 64;

    private readonly Topic _topic = Topic.Parse(prefix + "hubs");
    private readonly Lock _gate = new();
    private readonly Queue<MemberFact> _facts = new([new MemberFact.Ask(own, IsNew: true)]);
    private readonly HashSet<HubId> _swept = [];
    private HubId _own = own;
    private MemberFact? _taken;
    private Queue<PresenceEntry>? _roster;
    private bool _isRosterDue;
    private long _number;
    private int _part;

    /// <summary>Tells a fact.</summary>
    public void Tell(MemberFact fact)
    {
        lock (_gate)
        {
            if (!_facts.Contains(fact)) _facts.Enqueue(fact);
        }
    }

    /// <summary>Tells all of this hub's readers, again from the first where it is at it.</summary>
    public void TellRoster()
    {
        lock (_gate) _isRosterDue = true;
    }

    /// <summary>Tells that the readers of a hub that is no more are gone.</summary>
    public void Sweep(HubId hub)
    {
        lock (_gate) _swept.Add(hub);
    }

    /// <summary>The hub goes on in another life, of which nothing was told yet.</summary>
    public void Renew(HubId own)
    {
        lock (_gate)
        {
            _own = own;
            _facts.Clear();
            _facts.Enqueue(new MemberFact.Ask(own, IsNew: true));
            _isRosterDue = true;
        }
    }

    /// <summary>The next fact; null where there is none. It is owed until <see cref="Done"/>.</summary>
    public Append? NextFact()
    {
        lock (_gate)
        {
            return _facts.TryPeek(out _taken) ? AppendOf(_taken) : null;
        }
    }

    /// <summary>The fact that was taken is in the log.</summary>
    public void Done()
    {
        lock (_gate)
        {
            if (_facts.TryPeek(out var fact) && ReferenceEquals(fact, _taken)) _facts.Dequeue();
        }
    }

    /// <summary>The goings of readers of hubs that are no more; none where all were told.</summary>
    public List<RemainingReader> NextSwept()
    {
        lock (_gate)
        {
            foreach (var hub in _swept.ToList())
            {
                var remaining = directory.Remaining(hub, SweptAtOnce);
                if (remaining.Count > 0) return remaining;
                _swept.Remove(hub);
                directory.Forget(hub);
            }

            return [];
        }
    }

    /// <summary>The next part of the roster; null where none is due.</summary>
    /// <param name="show">Whether a reader may be told of: it has not gone, and its going will be told.</param>
    public Append? NextPart(Func<PresenceEntry, bool> show)
    {
        lock (_gate)
        {
            if (_isRosterDue)
            {
                _isRosterDue = false;
                _roster = new Queue<PresenceEntry>(readers.List(default).Where(e => ReaderId.TryRead(e.Id, out var hub, out _) && hub == _own));
                _number++;
                _part = 0;
            }

            if (_roster is not { } roster) return null;
            var entries = ImmutableArray.CreateBuilder<RosterEntry>();
            for (var bytes = 0; bytes < PartBytes && roster.TryDequeue(out var entry);)
            {
                if (!show(entry)) continue;
                for (var from = 0; from < entry.Subscriptions; from += ChunkSubscriptions)
                {
                    var list = Enumerable.Range(from, Math.Min(ChunkSubscriptions, entry.Subscriptions - from)).Select(entry.Describe).ToImmutableArray();
                    entries.Add(new RosterEntry(entry.Id, list));
                    bytes += list.Sum(s => s.Match.Length + (s.Payload?.Length ?? 0) + 20);
                }
            }

            var part = new MemberFact.Roster(_own, _number, _part++, roster.Count == 0, entries.DrainToImmutable());
            if (part.IsLast) _roster = null;
            return AppendOf(part);
        }
    }

    /// <summary>What tells that these are gone.</summary>
    public IEnumerable<Append> GoingsOf(IEnumerable<RemainingReader> gone) => gone.Select(r => Going(form.Write(r.Reader, r.Subscription, isActive: false)));

    /// <summary>The append that tells that a subscription is no more: it is kept once, however many hubs tell it.</summary>
    public static Append Going(Event content) => new([content])
    {
        Idempotency = new IdempotencyKey(Scope, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(content.Topics[0].Value)).AsSpan(0, 16)), 0, KeptFor),
    };

    private Append AppendOf(MemberFact fact)
    {
        var content = Event.Fact(_topic, fact.Write());
        if (fact is not MemberFact.Ended ended) return new Append([content]);

        // A hub that does not know all readers of the one that it gives up leaves goings untold, and says so before.
        ImmutableArray<Event> events = ended.Hub == _own || directory.IsComplete(ended.Hub) ? [content] : [PauseOf(_own), content];
        return new Append(events) { Idempotency = new IdempotencyKey(Scope, $"ended {ended.Hub}", 0, KeptFor) };
    }

    /// <summary>The event that says that this hub has left comings and goings untold.</summary>
    public Event Pause()
    {
        lock (_gate) return PauseOf(_own);
    }

    private Event PauseOf(HubId hub) => Event.PresencePause(Topic.Parse(prefix + PresenceFeed.PauseSegment), new MemberFact.Paused(hub).Write());
}
