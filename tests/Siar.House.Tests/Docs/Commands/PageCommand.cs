using System.Text.RegularExpressions;

namespace Siar.House.Tests.Docs.Commands;

/// <summary>A command that a page tells its reader to type.</summary>
internal sealed partial record PageCommand(string Place, string Text)
{
    /// <summary>The hub's address on the pages: where <c>siar serve</c> listens by default.</summary>
    public const string WrittenHub = "http://localhost:7427";

    private const string FromSource = "dotnet run -c Release --project src/Siar.Tool -- ";

    public CommandKind Kind => Text switch
    {
        _ when Text.StartsWith("./test", StringComparison.Ordinal) => CommandKind.Tests,
        _ when Text.Contains(" --print-config", StringComparison.Ordinal) => CommandKind.Once,
        _ when AsInstalled.StartsWith("siar serve", StringComparison.Ordinal) => CommandKind.Serves,
        _ when Text.Contains("siar publish", StringComparison.Ordinal) || Sends().IsMatch(Text) =>
            Text.StartsWith("while ", StringComparison.Ordinal) ? CommandKind.PublishesOn : CommandKind.Publishes,
        _ when Text.Contains("siar subscribe", StringComparison.Ordinal) || Streams().IsMatch(Text) => CommandKind.Reads,
        _ => CommandKind.Once,
    };

    /// <summary>The command as it is where Siar is installed: run from source, it is the same program.</summary>
    public string AsInstalled => Text.StartsWith(FromSource, StringComparison.Ordinal) ? string.Concat("siar ", Text.AsSpan(FromSource.Length)) : Text;

    /// <summary>Whether it begins with the program, which does not care where it is started.</summary>
    public bool IsOfProgram => AsInstalled.StartsWith("siar ", StringComparison.Ordinal);

    /// <summary>The topics that the command speaks of.</summary>
    public IReadOnlyList<string> Topics => [.. Topic().Matches(Text).Select(m => m.Groups["topic"].Value)];

    /// <summary>The commands of a block, one a line; a line that ends in a backslash goes on.</summary>
    public static IEnumerable<PageCommand> Of(MarkdownBlock block) =>
        from line in Continuation().Replace(block.Text, " ").Split('\n')
        let text = Remark().Replace(line, "").Trim()
        where text.Length > 0
        select new PageCommand(block.Place, text);

    [GeneratedRegex(@"\bcurl\b.*\s(-d|--data(-binary)?|--json)\s")]
    private static partial Regex Sends();

    [GeneratedRegex(@"\bcurl\b.*\s(-N|--no-buffer)\s")]
    private static partial Regex Streams();

    [GeneratedRegex(@"(/events/|[?&]topic=|""topics"":\[""|siar (publish|subscribe) )(?<topic>[\w./-]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Topic();

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continuation();

    [GeneratedRegex(@"(^|\s+)# .*$")]
    private static partial Regex Remark();
}
