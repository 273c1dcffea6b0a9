using System.Security.Claims;

namespace Siar.Hub;

/// <summary>Topics that publishers and readers name alike.</summary>
public static class EventTopics
{
    /// <summary>The topic of one user: <c>users/{id}</c>, the id percent-encoded as one segment (RFC 3986, 2.1).</summary>
    /// <param name="id">What the user is known by, the same that <see cref="ClaimTypes.NameIdentifier"/> says of it where it is signed in.</param>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public static string User(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return "users/" + Uri.EscapeDataString(id);
    }

    /// <summary>The topic of the user who asks, by <see cref="ClaimTypes.NameIdentifier"/>; null where there is none, or the user is not signed in.</summary>
    /// <param name="user">The user.</param>
    public static string? User(ClaimsPrincipal user) =>
        user.Identity is { IsAuthenticated: true } && user.FindFirst(ClaimTypes.NameIdentifier)?.Value is { Length: > 0 } id ? User(id) : null;

    /// <summary>The topic of one user, as <see cref="User(string)"/> says it.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="id">What the user is known by.</param>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public static string User(this IHub hub, string id)
    {
        ArgumentNullException.ThrowIfNull(hub);
        return User(id);
    }
}
