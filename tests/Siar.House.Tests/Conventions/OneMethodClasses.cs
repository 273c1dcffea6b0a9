using Microsoft.CodeAnalysis;
using Siar.House.Tests.Arrows;

namespace Siar.House.Tests.Conventions;

/// <summary>
/// Finds static classes that are one step of somebody else's act: a single method that others can call, and not two callers in different folders. Such a
/// step belongs into the file of its caller, where the act can be read from top to bottom. What a package offers to its users is no such step.
/// </summary>
internal static class OneMethodClasses
{
    /// <summary>The rooms that are held to it. A room is added when it keeps it, and never taken out.</summary>
    public static readonly string[] Rooms = ["Siar.UrlPatterns", "Siar.Topics", "Siar.Auth", "Siar.AspNetCore"];

    public static IReadOnlyList<string> Find(ProjectCode code)
    {
        var suspects = code.Types.Where(t => t.IsStatic && t.DeclaredAccessibility != Accessibility.Public).Select(t => (Type: t, Members: Reachable(t)))
            .Where(t => t.Members is [IMethodSymbol]).ToDictionary(t => (ISymbol)t.Members[0], t => t.Type, SymbolEqualityComparer.Default);
        var callers = suspects.Keys.ToDictionary(m => m, _ => new HashSet<string>(StringComparer.Ordinal), SymbolEqualityComparer.Default);
        foreach (var (file, _, named) in code.Names)
        {
            // An extension method is called in its reduced form.
            var method = (named as IMethodSymbol)?.ReducedFrom ?? named;
            if (callers.TryGetValue(method, out var folders) && !ProjectCode.FilesOf(method).Contains(file)) folders.Add(ProjectCode.FolderOf(file));
        }

        return
        [
            .. suspects.Where(s => callers[s.Key].Count < 2).Select(s =>
                $"{ProjectCode.FilesOf(s.Value).First()}: {s.Value.Name} has the one method {s.Key.Name}, and no two callers in different folders: put it where it is called.").Order(StringComparer.Ordinal),
        ];
    }

    private static List<ISymbol> Reachable(INamedTypeSymbol type) =>
    [
        .. type.GetMembers().Where(m => m.DeclaredAccessibility != Accessibility.Private && !m.IsImplicitlyDeclared
            && m is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.Conversion or MethodKind.UserDefinedOperator } or IPropertySymbol or INamedTypeSymbol),
    ];
}
