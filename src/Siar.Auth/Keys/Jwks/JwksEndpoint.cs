namespace Siar.Auth;

/// <summary>
/// Keys that an issuer publishes at an address. Fetched when first needed; refreshed behind the scenes as they age, and at once when a token was made
/// with a key that is not among them, but never more often than the options say. One request at a time, whoever asks. May be used from any thread.
/// </summary>
public sealed class JwksEndpoint : KeySource
{
    private readonly JwksEndpointOptions _options;
    private readonly JwksDownload _download;
    private readonly TimeProvider _time;

    private readonly Lock _lock = new();
    private KeySet? _keys;
    private DateTimeOffset _fetchedAt;
    private DateTimeOffset _nextAttempt = DateTimeOffset.MinValue;
    private string? _lastError;
    private int _failures;
    private Task<KeySet>? _running;

    /// <summary>Names the address; nothing is fetched yet.</summary>
    /// <param name="options">The address and how often to look.</param>
    /// <param name="http">What fetches; stays its owner's. It must not follow redirects away from <c>https</c> (the default handler does not).</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">The address is neither <c>https</c> nor loopback: whoever stands between could give the hub keys of their own.</exception>
    public JwksEndpoint(JwksEndpointOptions options, HttpClient http, TimeProvider time)
    {
        var url = options.Url;
        if (!url.IsAbsoluteUri || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
        {
            throw new ArgumentException($"The address of the keys, {url}, must be https: on plain http anybody on the way could give the hub keys of their own.");
        }

        _options = options;
        _time = time;
        _download = new JwksDownload(options, http, time);
    }

    /// <summary>How things stand: a refresh that fails while older keys still serve shows only here.</summary>
    public JwksStatus Status
    {
        get
        {
            lock (_lock) return new JwksStatus(_keys?.Keys.Length ?? 0, _keys is null ? null : _fetchedAt, _lastError);
        }
    }

    internal override KeySet? Known
    {
        get
        {
            lock (_lock) return _keys;
        }
    }

    internal override async ValueTask RenewAsync(CancellationToken cancellationToken)
    {
        Task<KeySet> fetched;
        lock (_lock)
        {
            // Nobody has needed them yet: whoever does will get the newest.
            if (_keys is null && _running is null) return;
            fetched = Join_NeedsLock();
        }

        await fetched.WaitAsync(cancellationToken);
    }

    internal override ValueTask<KeySet> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            var age = now - _fetchedAt;
            if (_keys is null || age >= _options.MaxAge)
            {
                return _running is null && now < _nextAttempt
                    ? new(KeySet.Missing(_lastError ?? $"The keys at {_options.Url} are too old."))
                    : new(Join_NeedsLock().WaitAsync(cancellationToken));
            }

            if (age >= _options.RefreshInterval && now >= _nextAttempt) _ = Join_NeedsLock();
            return new(_keys);
        }
    }

    internal override ValueTask<KeySet> RefreshAsync(KeySet seen, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_keys is not null && _keys != seen) return new(_keys);
            if (_running is null && _time.GetUtcNow() < _nextAttempt) return new(seen);
            return new(Join_NeedsLock().WaitAsync(cancellationToken));
        }
    }

    // A new request, or the one that is under way. It belongs to nobody who waits for it, so nobody's cancellation ends it.
    private Task<KeySet> Join_NeedsLock() => _running ??= Task.Run(FetchAsync);

    private async Task<KeySet> FetchAsync()
    {
        var (keys, error) = await _download.FetchAsync();
        lock (_lock)
        {
            _running = null;
            _lastError = error;
            var now = _time.GetUtcNow();
            if (error is null)
            {
                _failures = 0;
                _fetchedAt = now;
                _nextAttempt = now + _options.MinInterval;
                return _keys = new KeySet(keys);
            }

            _nextAttempt = now + Backoff(_failures++);
            return _keys is not null && now - _fetchedAt < _options.MaxAge ? _keys : KeySet.Missing(error);
        }
    }

    private TimeSpan Backoff(int failures)
    {
        var backoff = _options.FirstBackoff * Math.Pow(2, Math.Min(failures, 20));
        return backoff < _options.RefreshInterval ? backoff : _options.RefreshInterval;
    }
}
