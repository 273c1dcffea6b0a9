using static Siar.Client.Tests.Driven;

namespace Siar.Client.Tests;

/// <summary>The contract's line ends: 55 behaviours. The connection stays open, so a CR must end its line without a look at what follows.</summary>
public sealed class LinefeedBehaviourTests
{
    private static readonly (string Name, string Stream, string[] Data)[] Contents =
    [
        ("one-line event", "data: Hello|||", ["Hello"]),
        ("one-line and two-line event", "data: Hello||data: one|data: two||", ["Hello", "one\ntwo"]),
        ("three lines, the first empty", "data:|data: two|data: three||", ["\ntwo\nthree"]),
        ("three lines, the middle one empty", "data: one|data:|data: three||", ["one\n\nthree"]),
        ("one extra empty line", "data: Hello|||data: World||", ["Hello", "World"]),
        ("two extra empty lines", "data: Hello||||data: World||", ["Hello", "World"]),
    ];

    public static TheoryData<Way, string, string, int> Rows()
    {
        var rows = new TheoryData<Way, string, string, int>();
        foreach (var way in Enum.GetValues<Way>())
        {
            foreach (var end in (string[])["LF", "CRLF", "CR"])
            {
                // A chunk of no length is all in one.
                foreach (var (name, _, _) in Contents) foreach (var chunk in (int[])[0, 1, 2]) rows.Add(way, end, name, chunk);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Line_ends(Way way, string end, string content, int chunk)
    {
        var (_, stream, data) = Contents.Single(c => c.Name == content);
        var bytes = Bytes(stream.Replace("|", end.Replace("CR", "\r", StringComparison.Ordinal).Replace("LF", "\n", StringComparison.Ordinal), StringComparison.Ordinal));
        return TryAsync(way, Pieces(bytes, chunk == 0 ? bytes.Length : chunk), [.. data.Select(d => Event(d))]);
    }

    [Theory]
    [BothWays]
    public Task A_CRLF_whose_CR_ends_a_chunk(Way way) =>
        TryAsync(way, [Bytes("data: Hello\r"), Bytes("\n\r\ndata: World\r\n\r"), Bytes("\n")], Event("Hello"), Event("World"));
}
