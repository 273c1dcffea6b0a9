namespace Siar.House.Tests.Conventions;

/// <summary>Says what kind a file is, by its path.</summary>
internal static class FileKinds
{
    private static readonly string[] CodeEndings = [".cs", ".js", ".mjs", ".ts", ".css", ".html", ".sh", ".targets", ".props", ".csproj"];
    private static readonly string[] Pictures = [".png", ".ico", ".woff2"];

    public static bool IsCSharp(string path) => path.EndsWith(".cs", StringComparison.Ordinal);

    /// <summary>Code that people write and read: not data, not prose, not a lock file.</summary>
    public static bool IsCode(string path) => path is "test" or ".ci/run" || CodeEndings.Contains(Path.GetExtension(path), StringComparer.Ordinal);

    public static bool IsText(string path) => !Pictures.Contains(Path.GetExtension(path), StringComparer.Ordinal);

    public static bool IsMarkdown(string path) => path.EndsWith(".md", StringComparison.Ordinal);
}
