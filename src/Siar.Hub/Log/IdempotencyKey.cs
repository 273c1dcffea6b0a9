namespace Siar.Hub;

/// <summary>
/// Names a publish, so that one that is sent again is answered as it was the first time instead of being done twice. The log keeps it in
/// the same commit as the events.
/// </summary>
/// <param name="Scope">Whose key it is: the same key of somebody else is another.</param>
/// <param name="Key">What the publisher calls the publish.</param>
/// <param name="Fingerprint">Tells whether what is sent again is the same: 16 bytes of a SHA-256 over all that is to be published.</param>
/// <param name="KeepFor">How long the log knows the key.</param>
public readonly record struct IdempotencyKey(string Scope, string Key, UInt128 Fingerprint, TimeSpan KeepFor)
{
    /// <summary>
    /// Whose key an earlier build said that it is, under a name that others may have had too: a publish that was done under it is found only where
    /// it is the same. Null where there is none.
    /// </summary>
    internal string? FormerScope
    {
        get;
        // What is called as scopes are today is nobody's former name.
        init => field = value is null || value.StartsWith(CallerIdentity.ScopePrefix, StringComparison.Ordinal) ? null : value;
    }
}

/// <summary>What a log has kept of a publish that had a key.</summary>
/// <param name="Fingerprint">What was published.</param>
/// <param name="Position">The position of its first event; the others follow it without a break.</param>
/// <param name="Time">When it was appended.</param>
public readonly record struct IdempotentResult(UInt128 Fingerprint, long Position, DateTimeOffset Time);
