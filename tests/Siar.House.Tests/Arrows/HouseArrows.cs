namespace Siar.House.Tests.Arrows;

/// <summary>Which room may refer to which (CONTRIBUTING.md draws it, docs/decisions/0001-the-house.md says why), and how to hold references against it.</summary>
internal static class HouseArrows
{
    /// <summary>What a room may refer to among the other rooms. A name that ends in a star stands for all that begin so.</summary>
    private static readonly Dictionary<string, string[]> May = new(StringComparer.Ordinal)
    {
        ["Siar.Wire"] = [],
        ["Siar.UrlPatterns"] = [],
        ["Siar.Topics"] = ["Siar.UrlPatterns"],
        ["Siar.Hub"] = ["Siar.Wire", "Siar.Topics"],
        ["Siar.Storage.Nats"] = ["Siar.Storage.Journal", "Siar.Hub", "Siar.Wire", "Siar.Topics", "Siar.UrlPatterns"],
        ["Siar.Storage.Redis"] = ["Siar.Storage.Journal", "Siar.Hub", "Siar.Wire", "Siar.Topics", "Siar.UrlPatterns"],
        ["Siar.Storage.Journal"] = ["Siar.Storage.Sqlite", "Siar.Hub", "Siar.Wire", "Siar.Topics", "Siar.UrlPatterns"],
        ["Siar.Storage.*"] = ["Siar.Hub", "Siar.Wire", "Siar.Topics", "Siar.UrlPatterns"],
        ["Siar.EntityFrameworkCore"] = ["Siar.Hub", "Siar.Wire", "Siar.Topics"],
        ["Siar.Auth"] = ["Siar.Topics"],
        ["Siar.AspNetCore"] = ["Siar.Hub", "Siar.Wire", "Siar.Topics", "Siar.UrlPatterns", "Siar.Auth"],
        ["Siar.Sockets"] = ["Siar.Hub", "Siar.Wire"],
        ["Siar.Dashboard"] = ["Siar.AspNetCore"],
        ["Siar.Client"] = ["Siar.Wire"],
        ["Siar.Tool"] = ["Siar.*"],
    };

    /// <summary>Rooms that use the base class library and nothing else.</summary>
    private static readonly string[] Pure = ["Siar.Wire", "Siar.UrlPatterns", "Siar.Topics"];

    /// <summary>Rooms that may know the web framework.</summary>
    private static readonly string[] Web = ["Siar.AspNetCore", "Siar.Sockets", "Siar.Dashboard", "Siar.Tool"];

    /// <summary>Says of each reference that the house does not allow what is wrong with it.</summary>
    /// <param name="room">The room that refers.</param>
    /// <param name="references">The simple names of the assemblies that it refers to.</param>
    public static IEnumerable<string> Violations(string room, IEnumerable<string> references)
    {
        var allowed = May.FirstOrDefault(m => Matches(m.Key, room)).Value;
        if (allowed is null)
        {
            yield return $"{room} is not in the list of arrows: decide what it may refer to, in HouseArrows and in CONTRIBUTING.md.";
            yield break;
        }

        foreach (var reference in references)
        {
            if (reference.StartsWith("Siar.", StringComparison.Ordinal))
            {
                if (!allowed.Any(a => Matches(a, reference))) yield return $"{room} refers to {reference}; it may refer to {Sentence(allowed)}.";
            }
            else if (Pure.Contains(room) && !IsBaseClassLibrary(reference))
            {
                yield return $"{room} refers to {reference}; it may use the base class library only.";
            }
            else if (!Web.Contains(room) && reference.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal))
            {
                yield return $"{room} refers to {reference}; it knows no web framework.";
            }
        }
    }

    private static bool Matches(string pattern, string name) =>
        pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : string.Equals(pattern, name, StringComparison.Ordinal);

    private static bool IsBaseClassLibrary(string reference) =>
        reference is "netstandard" or "mscorlib" or "System" || reference.StartsWith("System.", StringComparison.Ordinal);

    private static string Sentence(string[] allowed) => allowed.Length == 0 ? "no other room" : string.Join(", ", allowed);
}
