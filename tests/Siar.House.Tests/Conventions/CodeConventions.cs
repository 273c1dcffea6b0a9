using System.Text.RegularExpressions;

namespace Siar.House.Tests.Conventions;

/// <summary>What holds for code, whatever it does.</summary>
internal static partial class CodeConventions
{
    private const int LongestFile = 400;
    private const string LongBecause = "Long because";

    /// <summary>The folders of the commands that are clients.</summary>
    private static readonly string[] Clients = ["src/Siar.Tool/Http/", "src/Siar.Tool/Publish/", "src/Siar.Tool/Subscribe/", "src/Siar.Tool/Bench/"];

    public static IEnumerable<Convention> All =>
    [
        new("A file is short, or says at its top why it is long")
        {
            AppliesTo = FileKinds.IsCode,
            Find = TooLong,
            Broken = ("src/Long.cs", new string('\n', LongestFile + 1)),
            Kept = ("src/Long.cs", "// Long because it is one table.\n" + new string('\n', LongestFile + 1)),
        },
        new("A file is not folded into regions")
        {
            AppliesTo = FileKinds.IsCSharp,
            Find = Lines.Without(Region(), "a region hides what should be a file of its own."),
            Broken = ("src/Folded.cs", "class C\n{\n    #region Fields\n    #endregion\n}\n"),
            Kept = ("src/Flat.cs", "class C\n{\n    // The region of a shard.\n}\n"),
        },
        new("Nothing is left to be done in a comment")
        {
            AppliesTo = FileKinds.IsCode,
            Find = Lines.Without(Unfinished(), "finish it, or file an issue and leave the comment out."),
            Broken = ("src/Unfinished.cs", "int x; // \u0054ODO: count\n"),
            Kept = ("src/Finished.cs", "int todos; // How many the user has to do.\n"),
        },
        new("A switched-off warning says why")
        {
            AppliesTo = FileKinds.IsCSharp,
            Find = Lines.Without(BarePragma(), "write the reason behind the pragma: // because …"),
            Broken = ("src/Quiet.cs", "#pragma warning disable CA1000\n#pragma warning restore CA1000\n"),
            Kept = ("src/Quiet.cs", "#pragma warning disable CA1000 // The caller names the type.\n#pragma warning restore CA1000\n"),
        },
        new("A suppressed message says why")
        {
            AppliesTo = FileKinds.IsCSharp,
            Find = Lines.Without(BareSuppression(), "say why: Justification = \"…\"."),
            Broken = ("src/Quiet.cs", "[SuppressMessage(\"Design\", \"CA1000\")]\n"),
            Kept = ("src/Quiet.cs", "[SuppressMessage(\"Design\", \"CA1000\", Justification = \"The caller names the type.\")]\n"),
        },
        new("A class of tests stands in a file whose name ends in Tests, or in Contract where others inherit it")
        {
            AppliesTo = path => FileKinds.IsCSharp(path) && !path.EndsWith("Tests.cs", StringComparison.Ordinal) && !path.EndsWith("Contract.cs", StringComparison.Ordinal),
            Find = Lines.Without(TestMethod(), "the file's name ends neither in Tests nor in Contract."),
            Broken = ("tests/X/Check.cs", "    [Fact]\n    public void It_holds() { }\n"),
            Kept = ("tests/X/CheckTests.cs", "    [Fact]\n    public void It_holds() { }\n"),
        },
        new("A command that speaks to a hub knows it over HTTP only")
        {
            AppliesTo = path => Clients.Any(c => path.StartsWith(c, StringComparison.Ordinal)),
            Find = Lines.Without(InsideOfAHub(), "ask the hub over HTTP, as programs in other languages do."),
            Broken = ("src/Siar.Tool/Publish/Shortcut.cs", "using Siar.Hub;\n"),
            Kept = ("src/Siar.Tool/Serve/Hub.cs", "using Siar.Hub;\n"),
        },
    ];

    private static IEnumerable<string> TooLong(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length > LongestFile && !lines.Take(5).Any(l => l.Contains(LongBecause, StringComparison.Ordinal)))
            yield return $"{lines.Length} lines, more than {LongestFile}: split it, or say at the top '{LongBecause} …'.";
    }

    [GeneratedRegex(@"^\s*#region\b")]
    private static partial Regex Region();

    [GeneratedRegex(@"(//|/\*|<!--|^\s*#)\s*(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^\s*#pragma\s+warning\s+disable\b(?!.*//\s*\S+\s+\S+)")]
    private static partial Regex BarePragma();

    [GeneratedRegex(@"^\s*\[(assembly:\s*)?(Unconditional)?SuppressMessage\((?!.*Justification\s*=\s*""\S+\s)")]
    private static partial Regex BareSuppression();

    [GeneratedRegex(@"\bSiar\.(Hub|AspNetCore|Auth|Sockets|Storage|Dashboard)\b")]
    private static partial Regex InsideOfAHub();

    [GeneratedRegex(@"^\s*\[(Fact|Theory)\b")]
    private static partial Regex TestMethod();
}
