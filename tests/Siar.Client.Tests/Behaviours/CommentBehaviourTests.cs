using static Siar.Client.Tests.Driven;

namespace Siar.Client.Tests;

/// <summary>The contract's comments: 4 behaviours. A comment is told when its own line ends.</summary>
public sealed class CommentBehaviourTests
{
    [Theory]
    [BothWays]
    public Task Single(Way way) => TryAsync(way, ":Hello\n", Comment("Hello"));

    [Theory]
    [BothWays]
    public Task Two_in_a_row(Way way) => TryAsync(way, ":Hello\n:World\n", Comment("Hello"), Comment("World"));

    [Theory]
    [BothWays]
    public Task Before_an_event(Way way) => TryAsync(way, ":Hello\ndata: World\n\n", Comment("Hello"), Event("World"));

    [Theory]
    [BothWays]
    public Task After_an_event(Way way) => TryAsync(way, "data: Hello\n\n:World\n", Event("Hello"), Comment("World"));
}
