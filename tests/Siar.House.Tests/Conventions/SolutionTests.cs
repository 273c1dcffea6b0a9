using System.Xml.Linq;

namespace Siar.House.Tests.Conventions;

/// <summary><c>./test</c> builds the solution: a project that is not in it is never built.</summary>
public sealed class SolutionTests
{
    private static readonly string[] Projects = [.. Repository.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal))];

    [Fact]
    public void Every_project_is_in_the_solution() => Missing(Projects).ShouldBeEmpty();

    [Fact]
    public void A_project_that_is_not_in_the_solution_is_found() =>
        Missing([.. Projects, "src/Siar.Garage/Siar.Garage.csproj"]).ShouldHaveSingleItem();

    private static IEnumerable<string> Missing(IEnumerable<string> projects)
    {
        var listed = XDocument.Load(Repository.PathOf("Siar.slnx")).Descendants("Project").Select(p => p.Attribute("Path")?.Value ?? "").ToHashSet(StringComparer.Ordinal);
        return projects.Where(p => !listed.Contains(p));
    }
}
