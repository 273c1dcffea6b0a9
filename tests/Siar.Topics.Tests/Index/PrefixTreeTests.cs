using FsCheck;
using FsCheck.Fluent;
using Siar.TestKit;
using Siar.Topics.Index;

namespace Siar.Topics.Tests.Index;

public class PrefixTreeTests
{
    private static readonly Gen<string> Texts = Generated.Text(5, "a", "b", "ab", "aab", "é");

    [Fact]
    public void The_tree_finds_the_items_whose_prefix_the_text_has() =>
        Generated.Check(
            from steps in Generated.ListOf(from isAdd in Gen.Elements(true, true, false) from prefix in Texts select (isAdd, prefix), 40)
            from texts in Generated.ListOf(Texts, 10)
            select (steps, texts),
            input =>
            {
                var tree = new PrefixTree<string>();
                var model = new List<string>();
                foreach (var (isAdd, prefix) in input.steps)
                {
                    var item = string.Intern(prefix);
                    if (isAdd && !model.Contains(item)) model.Add(item);
                    else if (!isAdd) model.Remove(item);
                    if (isAdd) tree.Add(prefix, item);
                    else tree.Remove(prefix, item);
                }

                foreach (var text in input.texts)
                {
                    var found = new List<string>();
                    tree.Find(text, found);
                    found.Order().ShouldBe(model.Where(p => text.StartsWith(p, StringComparison.Ordinal)).Order());
                }
            },
            count: 2_000);

    [Fact]
    public void Items_with_the_same_prefix_are_found_together()
    {
        var tree = new PrefixTree<string>();
        tree.Add("/a", "first");
        tree.Add("/a", "second");
        tree.Add("/ab", "third");
        tree.Remove("/a", "first");

        var found = new List<string>();
        tree.Find("/abc", found);

        found.ShouldBe(["second", "third"]);
    }
}
