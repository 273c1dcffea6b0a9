namespace Siar.Hub;

/// <summary>Counts open streams: in all, by client address and by token. Safe for concurrent use.</summary>
internal sealed class ConnectionLimiter(LimitOptions limits)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _byAddress = [];
    private readonly Dictionary<CallerIdentity, int> _byToken = [];
    private int _all;

    /// <summary>Takes a place for a stream, or says which limit is reached.</summary>
    /// <param name="address">The client's address; null where there is none, such as on a Unix socket.</param>
    /// <param name="token">The bearer of the token, or the name that the application gave; nobody in particular where there is neither.</param>
    public ConnectionRefusal TryEnter(string? address, CallerIdentity token)
    {
        lock (_gate)
        {
            if (_all >= limits.Connections) return ConnectionRefusal.Total;
            if (address is not null && _byAddress.GetValueOrDefault(address) >= limits.ConnectionsPerAddress) return ConnectionRefusal.Address;
            if (!token.IsNone && _byToken.GetValueOrDefault(token) >= limits.ConnectionsPerToken) return ConnectionRefusal.Token;
            _all++;
            if (address is not null) _byAddress[address] = _byAddress.GetValueOrDefault(address) + 1;
            if (!token.IsNone) _byToken[token] = _byToken.GetValueOrDefault(token) + 1;
            return ConnectionRefusal.None;
        }
    }

    /// <summary>Gives the place back that <see cref="TryEnter"/> took with the same names.</summary>
    public void Leave(string? address, CallerIdentity token)
    {
        lock (_gate)
        {
            _all--;
            if (address is not null) LeaveUnderLock(_byAddress, address);
            if (!token.IsNone) LeaveUnderLock(_byToken, token);
        }
    }

    private static void LeaveUnderLock<TName>(Dictionary<TName, int> counts, TName name)
        where TName : notnull
    {
        if (counts[name] == 1) counts.Remove(name);
        else counts[name]--;
    }
}

/// <summary>Which limit keeps a stream out.</summary>
internal enum ConnectionRefusal
{
    None,
    Total,
    Address,
    Token,
}
