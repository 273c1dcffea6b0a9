using System.Reflection;
using System.Text.RegularExpressions;
using Siar.AspNetCore;
using Siar.Hub;
using Siar.Sockets;
using Siar.Storage.Nats;
using Siar.Storage.Postgres;
using Siar.Storage.Redis;
using Siar.Storage.Sqlite;

namespace Siar.House.Tests.Docs;

/// <summary>The page that lists the options is held against the options.</summary>
public sealed partial class OptionsPageTests
{
    private const string Page = "docs/reference/options.md";

    private static readonly (string Section, Type Options, string Prefix)[] Sections =
    [
        ("SiarOptions", typeof(SiarOptions), ""), ("SiarOptions", typeof(HubOptions), "Hub."), ("SiarOptions", typeof(MercureOptions), "Mercure."),
        ("TokenOptions", typeof(TokenOptions), ""), ("SqliteLogOptions", typeof(SqliteLogOptions), ""), ("PostgresLogOptions", typeof(PostgresLogOptions), ""),
        ("NatsLogOptions", typeof(NatsLogOptions), ""), ("RedisLogOptions", typeof(RedisLogOptions), ""), ("SocketsOptions", typeof(SocketsOptions), ""),
    ];

    [Fact]
    public void The_page_lists_every_option_and_no_other() => Differences(Repository.Read(Page)).ShouldBeEmpty();

    [Fact]
    public void An_option_that_is_not_on_the_page_or_not_in_the_code_is_found() =>
        Differences(Repository.Read(Page).Replace("| `Hub.Lanes` |", "| `Hub.Lames` |", StringComparison.Ordinal)).Count().ShouldBe(2);

    private static IEnumerable<string> Differences(string page)
    {
        foreach (var section in Sections.GroupBy(s => s.Section))
        {
            var text = page.Split("\n## ").Single(s => s.StartsWith(section.Key + "\n", StringComparison.Ordinal));
            var listed = text.Split('\n').SelectMany(l => Row().Match(l).Groups["cell"].Captures).SelectMany(c => Name().Matches(c.Value)).Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);
            var declared = section.SelectMany(s => s.Options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => !IsGroup(p)).Select(p => s.Prefix + p.Name)).ToHashSet(StringComparer.Ordinal);
            foreach (var name in declared.Except(listed)) yield return $"{Page} does not list {section.Key}.{name}.";
            foreach (var name in listed.Except(declared)) yield return $"{Page} lists {section.Key}.{name}, which is none.";
        }
    }

    /// <summary>Options whose own options are listed instead.</summary>
    private static bool IsGroup(PropertyInfo property) => property.PropertyType == typeof(HubOptions) || property.PropertyType == typeof(MercureOptions);

    [GeneratedRegex(@"^\| (?<cell>`[^|]*) \|", RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<name>[A-Za-z.]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
