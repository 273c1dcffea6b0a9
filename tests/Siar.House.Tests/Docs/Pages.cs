using Siar.House.Tests.Conventions;

namespace Siar.House.Tests.Docs;

/// <summary>The pages that people read, and their blocks.</summary>
internal static class Pages
{
    public static IReadOnlyList<string> All { get; } = [.. Repository.Files.Where(FileKinds.IsMarkdown)];

    public static IReadOnlyList<MarkdownBlock> Blocks { get; } = [.. All.SelectMany(p => MarkdownBlock.Of(p, Repository.Read(p)))];

    /// <summary>The blocks in a language that a test must run or compile.</summary>
    public static IReadOnlyList<MarkdownBlock> Tested(string language) =>
        [.. Blocks.Where(b => b.Excuse is null && string.Equals(b.Language, language, StringComparison.Ordinal))];
}
