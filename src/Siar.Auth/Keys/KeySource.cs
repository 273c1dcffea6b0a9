using System.Collections.Immutable;

namespace Siar.Auth;

/// <summary>Where the keys of one issuer in one role come from: a fixed list, or an address (<see cref="JwksEndpoint"/>). May be used from any thread.</summary>
public abstract class KeySource
{
    private protected KeySource()
    {
    }

    /// <summary>A source whose keys stay as they are.</summary>
    /// <exception cref="ArgumentException">There is no key.</exception>
    public static KeySource Of(params IEnumerable<VerificationKey> keys)
    {
        ImmutableArray<VerificationKey> list = [.. keys];
        return list.Length > 0 ? new FixedKeys(new KeySet(list)) : throw new ArgumentException("There is no key: a role that has none is one that is left out.");
    }

    /// <summary>The keys that are known without asking anybody; null where none are.</summary>
    internal abstract KeySet? Known { get; }

    /// <summary>Fetches the keys again where they are published somewhere, however short ago that was done: somebody who runs the hub has asked for it.</summary>
    internal abstract ValueTask RenewAsync(CancellationToken cancellationToken);

    /// <summary>The keys of now.</summary>
    internal abstract ValueTask<KeySet> GetAsync(CancellationToken cancellationToken);

    /// <summary>Looks for newer keys than those seen, which did not verify a token. Answers the same when there are none, or when it is too early to ask.</summary>
    internal abstract ValueTask<KeySet> RefreshAsync(KeySet seen, CancellationToken cancellationToken);

    private sealed class FixedKeys(KeySet keys) : KeySource
    {
        internal override KeySet Known => keys;

        internal override ValueTask RenewAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        internal override ValueTask<KeySet> GetAsync(CancellationToken cancellationToken) => new(keys);

        internal override ValueTask<KeySet> RefreshAsync(KeySet seen, CancellationToken cancellationToken) => new(keys);
    }
}
