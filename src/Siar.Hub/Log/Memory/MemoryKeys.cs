namespace Siar.Hub;

/// <summary>The idempotency keys that the in-memory log knows, the newest so many. Guarded by the log's lock.</summary>
internal sealed class MemoryKeys(int most)
{
    private readonly Dictionary<(string Scope, string Key), (IdempotentResult Result, DateTimeOffset Expires)> _byKey = [];
    private readonly Queue<(string Scope, string Key, long Position)> _byAge = new();

    public IdempotentResult? Find(IdempotencyKey key, DateTimeOffset now) =>
        _byKey.TryGetValue((key.Scope, key.Key), out var found) && found.Expires > now ? found.Result : null;

    public void Add(IdempotencyKey key, long position, DateTimeOffset now)
    {
        _byKey[(key.Scope, key.Key)] = (new IdempotentResult(key.Fingerprint, position, now), now + key.KeepFor);
        _byAge.Enqueue((key.Scope, key.Key, position));
        Forget(now);
    }

    /// <summary>Lets go of keys whose time is over, and of the oldest where there are too many.</summary>
    public void Forget(DateTimeOffset now)
    {
        while (_byAge.TryPeek(out var oldest))
        {
            // A key whose time was over may have been used again, and is then younger than it seems here.
            var isKnown = _byKey.TryGetValue((oldest.Scope, oldest.Key), out var found) && found.Result.Position == oldest.Position;
            if (isKnown && found.Expires > now && _byKey.Count <= most) return;
            if (isKnown) _byKey.Remove((oldest.Scope, oldest.Key));
            _byAge.Dequeue();
        }
    }
}
