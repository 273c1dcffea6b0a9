namespace Siar.TestKit;

/// <summary>Finds the test vectors that the tests of every language share.</summary>
public static class Vectors
{
    /// <summary>The folder <c>tests/vectors</c> of the repository that the running test was built in.</summary>
    public static string Root { get; } = Find();

    /// <summary>The <c>.json</c> files of a folder below <see cref="Root"/>, by name.</summary>
    public static IReadOnlyList<string> Files(string folder)
    {
        var files = Directory.GetFiles(Path.Combine(Root, folder), "*.json");
        Array.Sort(files, StringComparer.Ordinal);
        return files.Length > 0 ? files : throw new FileNotFoundException($"There is no vector file in '{Path.Combine(Root, folder)}'.");
    }

    private static string Find()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var candidate = Path.Combine(at.FullName, "tests", "vectors");
            if (Directory.Exists(candidate)) return candidate;
        }

        throw new DirectoryNotFoundException($"There is no tests/vectors above '{AppContext.BaseDirectory}': run the tests from inside the repository.");
    }
}
