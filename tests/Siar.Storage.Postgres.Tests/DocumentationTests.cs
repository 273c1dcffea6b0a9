using Siar.Storage.Contract;
using System.Text.RegularExpressions;
using Siar.Storage.Postgres.Tests.Shared;
using Siar.TestKit;

namespace Siar.Storage.Postgres.Tests;

/// <summary>The SQL of the documentation runs.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public async Task Every_block_of_SQL_in_the_pages_runs()
    {
        var connection = await Databases.MakeAsync();
        await using var log = await TwoHubs.OpenAsync(connection);
        var root = Path.GetFullPath(Path.Combine(Vectors.Root, "..", "..", "docs"));
        var blocks = Directory.GetFiles(root, "*.md", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .SelectMany(p => Block().Matches(File.ReadAllText(p)).Select(m => m.Groups["sql"].Value)).ToList();
        blocks.Count.ShouldBeGreaterThan(2);
        foreach (var sql in blocks) await Databases.ExecuteAsync(connection, sql);
        (await SharedLogs.FollowAsync(log, 0, 1))[0].Content.GetText().ShouldBe("""{"state": "placed"}""");
    }

    [GeneratedRegex(@"^```sql\n(?<sql>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Block();
}
