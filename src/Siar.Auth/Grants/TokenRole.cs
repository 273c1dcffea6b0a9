namespace Siar.Auth;

/// <summary>What the bearer of a token wants to do; each role has keys of its own.</summary>
public enum TokenRole
{
    /// <summary>Publish events.</summary>
    Publish,

    /// <summary>Read private events and the list of subscriptions.</summary>
    Subscribe,
}
