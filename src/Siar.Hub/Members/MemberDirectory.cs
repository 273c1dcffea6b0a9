namespace Siar.Hub;

/// <summary>
/// The readers of all other hubs, as the log tells of them. The follower leaves here what it comes to, which costs it next to nothing; it is read when somebody asks.
/// Safe for concurrent use.
/// </summary>
/// <param name="form">How events tell of subscriptions.</param>
internal sealed class MemberDirectory(PresenceForm form)
{
    private readonly Lock _gate = new();
    private readonly Queue<Heard> _heard = [];
    private readonly Dictionary<HubId, MemberReaders> _hubs = [];
    private List<MemberFact> _facts = [];
    private long _through;
    private volatile bool _isHearing;

    /// <summary>This hub, whose own readers are known without the log.</summary>
    public required HubId Own { get; set; }

    /// <summary>Called where a fact has come, on the follower's thread. Must be short.</summary>
    public required Action OnFact { get; init; }

    /// <summary>Takes in what the follower has read of the tail. Never throws.</summary>
    public void Hear(LogPage page, long after)
    {
        if (!_isHearing) return;
        var isFact = false;
        lock (_gate)
        {
            // What is missing from the page may have told of anybody.
            if (page.Damage is not null || page.Trimmed.Highest > after) _heard.Enqueue(new Heard(null, IsLost: false));
            foreach (var logged in page.Events)
            {
                var content = logged.Content;
                if (!content.IsPrivate || !(content.IsMemberFact || content.IsPresencePause || form.MayBeOne(content))) continue;
                _heard.Enqueue(new Heard(content, IsLost: false));
                isFact |= content.IsMemberFact;
            }

            _through = page.ReadThrough;
        }

        if (isFact) OnFact();
    }

    /// <summary>What was read behind a position is lost, as after a failover: of no hub everything is known.</summary>
    public void Lose(long after)
    {
        if (!_isHearing) return;
        lock (_gate)
        {
            _heard.Enqueue(new Heard(null, IsLost: true));
            _through = after;
        }
    }

    /// <summary>Listens from a position on, from which the follower reads on. Before that nothing is kept.</summary>
    public void BeginAfter(long position)
    {
        lock (_gate) _through = position;
        _isHearing = true;
    }

    /// <summary>How far the follower has come.</summary>
    public long Through
    {
        get
        {
            lock (_gate) return _through;
        }
    }

    /// <summary>The hubs of which something is known.</summary>
    public List<HubId> Hubs()
    {
        lock (_gate)
        {
            SettleUnderLock();
            return [.. _hubs.Keys];
        }
    }

    /// <summary>Not everything is known of a hub.</summary>
    public void Miss(HubId hub)
    {
        lock (_gate) Of(hub).Miss();
    }

    /// <summary>It stands in the log that these are gone.</summary>
    public void Remove(IEnumerable<RemainingReader> gone)
    {
        lock (_gate)
        {
            foreach (var (reader, subscription) in gone)
            {
                if (ReaderId.TryRead(reader, out var hub, out _) && _hubs.TryGetValue(hub, out var readers)) readers.Remove(reader, subscription);
            }
        }
    }

    /// <summary>Takes the facts that have come since, in order.</summary>
    public List<MemberFact> TakeFacts()
    {
        lock (_gate)
        {
            SettleUnderLock();
            var facts = _facts;
            _facts = [];
            return facts;
        }
    }

    /// <summary>Whether every reader of a hub is known.</summary>
    public bool IsComplete(HubId hub)
    {
        lock (_gate)
        {
            SettleUnderLock();
            return _hubs.TryGetValue(hub, out var readers) && readers.IsComplete;
        }
    }

    /// <summary>The readers of all other hubs that come after one in their order.</summary>
    public List<KnownReader> List(Guid after)
    {
        var list = new List<KnownReader>();
        lock (_gate)
        {
            SettleUnderLock();
            foreach (var readers in _hubs.Values)
            {
                foreach (var (reader, subscriptions) in readers.Readers)
                {
                    if (InOrder(reader, after) > 0) list.Add(new KnownReader(reader, null, subscriptions));
                }
            }
        }

        return list;
    }

    /// <summary>A reader of another hub; null where there is none.</summary>
    public KnownReader? Find(Guid reader)
    {
        if (!ReaderId.TryRead(reader, out var hub, out _)) return null;
        lock (_gate)
        {
            SettleUnderLock();
            return _hubs.TryGetValue(hub, out var readers) && readers.Readers.TryGetValue(reader, out var subscriptions) ? new KnownReader(reader, null, subscriptions) : null;
        }
    }

    /// <summary>Some of the readers of a hub that is no more, of whom nobody has told yet that they are gone.</summary>
    public List<RemainingReader> Remaining(HubId hub, int most)
    {
        lock (_gate)
        {
            SettleUnderLock();
            if (!_hubs.TryGetValue(hub, out var readers)) return [];
            return [.. readers.Readers.SelectMany(r => r.Value.Select(s => new RemainingReader(r.Key, s))).Take(most)];
        }
    }

    /// <summary>Lets go of a hub that is no more, and of which nobody remains.</summary>
    public void Forget(HubId hub)
    {
        lock (_gate)
        {
            if (_hubs.TryGetValue(hub, out var readers) && readers.Readers.Count == 0) _hubs.Remove(hub);
        }
    }

    /// <summary>The order of readers: by hub, and in the order in which they came to it.</summary>
    public static int InOrder(Guid one, Guid other)
    {
        Span<byte> a = stackalloc byte[16];
        Span<byte> b = stackalloc byte[16];
        one.TryWriteBytes(a, bigEndian: true, out _);
        other.TryWriteBytes(b, bigEndian: true, out _);
        return a.SequenceCompareTo(b);
    }

    private void SettleUnderLock()
    {
        while (_heard.TryDequeue(out var heard))
        {
            if (heard.Content is not { } content)
            {
                foreach (var readers in _hubs.Values) readers.Miss();
                _facts.Add(new MemberFact.Missed(Own, heard.IsLost));
            }
            else if (content.IsMemberFact || content.IsPresencePause)
            {
                if (MemberFact.Read(content.Data) is { } fact) Take(fact);
            }
            else if (form.Read(content) is { } word && ReaderId.TryRead(word.Reader, out var hub, out _) && hub != Own)
            {
                if (word.IsActive) Of(hub).Add(word.Reader, word.Subscription);
                else Of(hub).Remove(word.Reader, word.Subscription);
            }
        }
    }

    private void Take(MemberFact fact)
    {
        _facts.Add(fact);
        if (fact.By == Own) return;
        switch (fact)
        {
            case MemberFact.Ask { IsNew: true }:
                Of(fact.By).Begin();
                break;
            case MemberFact.Paused:
                Of(fact.By).Miss();
                break;
            case MemberFact.Roster part:
                Of(fact.By).Add(part);
                break;
        }
    }

    private MemberReaders Of(HubId hub)
    {
        if (!_hubs.TryGetValue(hub, out var readers)) _hubs[hub] = readers = new MemberReaders();
        return readers;
    }

    private readonly record struct Heard(Event? Content, bool IsLost);
}

/// <summary>A reader of a hub that is no more, with one of its subscriptions, of which nobody has told yet that it is gone.</summary>
internal readonly record struct RemainingReader(Guid Reader, PresenceSubscription Subscription);
