using static Siar.Client.Tests.Driven;

namespace Siar.Client.Tests;

/// <summary>The contract's byte order marks: 11 behaviours.</summary>
public sealed class ByteOrderMarkBehaviourTests
{
    private const string Mark = "\uFEFF";

    [Theory]
    [BothWays]
    public Task Stripped_at_the_start(Way way) => TryAsync(way, $"{Mark}data: Hello\n\n", Event("Hello"));

    [Theory]
    [BothWays]
    public Task Before_type_and_id(Way way) => TryAsync(way, $"{Mark}event: greeting\nid: 1\ndata: Hello\n\n", Event("Hello", "greeting", "1"));

    [Theory]
    [BothWays]
    public Task With_several_messages(Way way) => TryAsync(way, $"{Mark}data: 1\n\ndata: 2\n\n", Event("1"), Event("2"));

    [Theory]
    [BothWays]
    public Task Only_at_the_stream_s_start(Way way) => TryAsync(way, $"data: 1\n\n{Mark}data: 2\n\ndata: 3\n\n", Event("1"), Event("3"));

    [Theory]
    [BothWays]
    public Task Split_over_two_chunks(Way way) => TryAsync(way, [Bytes(Mark)[..2], Bytes($"{Mark}data: Hello\n\n")[2..]], Event("Hello"));

    [Theory]
    [BothWays]
    public Task Byte_by_byte(Way way) => TryAsync(way, Pieces(Bytes($"{Mark}data: Hello\n\n"), 1), Event("Hello"));

    [Theory]
    [BothWays]
    public Task Only_the_first_is_stripped(Way way) => TryAsync(way, $"{Mark}{Mark}data: 1\n\ndata: 2\n\n", Event("2"));

    [Theory]
    [BothWays]
    public Task Without_one_nothing_is_stripped(Way way) => TryAsync(way, "data: Hello\n\n", Event("Hello"));

    [Theory]
    [BothWays]
    public Task With_data_of_several_lines(Way way) => TryAsync(way, $"{Mark}data: 1\ndata: 2\n\n", Event("1\n2"));

    [Theory]
    [BothWays]
    public Task With_a_comment_first(Way way) => TryAsync(way, $"{Mark}: note\ndata: Hello\n\n", Comment(" note"), Event("Hello"));

    [Theory]
    [BothWays]
    public Task With_empty_data(Way way) => TryAsync(way, $"{Mark}data:\n\n", Event(""));
}
