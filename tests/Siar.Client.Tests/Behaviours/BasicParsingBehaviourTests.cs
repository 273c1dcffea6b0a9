using System.Security.Cryptography;
using static Siar.Client.Tests.Driven;

namespace Siar.Client.Tests;

/// <summary>The contract's basic parsing: 23 behaviours.</summary>
public sealed class BasicParsingBehaviourTests
{
    [Theory]
    [BothWays]
    public Task One_line_message_in_one_chunk(Way way) => TryAsync(way, "data: Hello\n\n", Event("Hello"));

    [Theory]
    [BothWays]
    public Task Two_messages_over_three_chunks_with_a_shared_one(Way way) =>
        TryAsync(way, [Bytes("data: Hel"), Bytes("lo\n\ndata: Wo"), Bytes("rld\n\n")], Event("Hello"), Event("World"));

    [Theory]
    [BothWays]
    public Task Large_message_in_one_chunk(Way way)
    {
        var text = Random(5 << 20);
        return TryAsync(way, $"data: {text}\n\n", Event(text));
    }

    [Theory]
    [BothWays]
    public Task Large_message_in_two_chunks(Way way)
    {
        var (one, other) = (Random(5 << 20), Random(5 << 20));
        return TryAsync(way, [Bytes($"data: {one}"), Bytes($"{other}\n\n")], Event(one + other));
    }

    [Theory]
    [BothWays]
    public Task One_line_message_in_two_chunks(Way way) => TryAsync(way, [Bytes("data: Hel"), Bytes("lo\n\n")], Event("Hello"));

    [Theory]
    [BothWays]
    public Task Two_one_line_messages_in_one_chunk(Way way) => TryAsync(way, "data: Hello\n\ndata: World\n\n", Event("Hello"), Event("World"));

    [Theory]
    [BothWays]
    public Task One_two_line_message_in_one_chunk(Way way) => TryAsync(way, "data: Hello\ndata: World\n\n", Event("Hello\nWorld"));

    [Theory]
    [BothWays]
    public Task Empty_data(Way way) => TryAsync(way, "data:\n\n", Event(""));

    [Theory]
    [BothWays]
    public Task Event_with_a_type(Way way) => TryAsync(way, "event: greeting\ndata: Hello\n\n", Event("Hello", "greeting"));

    [Theory]
    [BothWays]
    public Task Default_type(Way way) => TryAsync(way, "event: a\ndata: 1\n\ndata: 2\n\n", Event("1", "a"), Event("2", "message"));

    [Theory]
    [BothWays]
    public Task Event_with_an_id(Way way) => TryAsync(way, "id: abc\ndata: Hello\n\n", Event("Hello", id: "abc"));

    [Theory]
    [BothWays]
    public Task Event_with_type_and_id(Way way) => TryAsync(way, "event: greeting\nid: abc\ndata: Hello\n\n", Event("Hello", "greeting", "abc"));

    [Theory]
    [BothWays]
    public Task Id_with_a_null_is_ignored(Way way) => TryAsync(way, "id: a\0bc\ndata: Hello\n\n", Event("Hello"));

    [Theory]
    [BothWays]
    public Task Last_id_persists(Way way) => TryAsync(way, "id: abc\ndata: first\n\ndata: second\n\n", Event("first", id: "abc"), Event("second", id: "abc"));

    [Theory]
    [BothWays]
    public Task Last_id_is_overridden_by_an_empty_one(Way way) => TryAsync(way, "id: abc\ndata: first\n\nid\ndata: second\n\n", Event("first", id: "abc"), Event("second"));

    [Theory]
    [BothWays]
    public Task Fields_in_reverse_order(Way way) => TryAsync(way, "data: Hello\nid: abc\nevent: greeting\n\n", Event("Hello", "greeting", "abc"));

    [Theory]
    [BothWays]
    public Task Unknown_field_is_ignored(Way way) => TryAsync(way, "event: greeting\ncolor: blue\ndata: Hello\n\n", Event("Hello", "greeting"));

    [Theory]
    [BothWays]
    public Task Fields_without_a_leading_space(Way way) => TryAsync(way, "event:greeting\ndata:Hello\n\n", Event("Hello", "greeting"));

    [Theory]
    [BothWays]
    public Task Fields_with_an_extra_leading_space(Way way) => TryAsync(way, "event:  greeting\ndata:  Hello\n\n", Event(" Hello", " greeting"));

    [Theory]
    [BothWays]
    public Task Field_without_a_colon(Way way) => TryAsync(way, "event: greeting\ndata\ndata: x\n\n", Event("\nx", "greeting"));

    [Theory]
    [BothWays]
    public Task Multi_byte_characters(Way way) => TryAsync(way, "data: €豆腐\U0001F600\n\n", Event("€豆腐\U0001F600"));

    [Theory]
    [BothWays]
    public Task Many_messages_in_rapid_succession(Way way)
    {
        var numbers = Enumerable.Range(0, 100).ToArray();
        return TryAsync(way, numbers.Select(n => Bytes($"data: message {n}\n\n")), [.. numbers.Select(n => Event($"message {n}"))]);
    }

    [Theory]
    [BothWays]
    public Task Multi_byte_characters_in_single_byte_pieces(Way way) => TryAsync(way, Pieces(Bytes("data: €豆腐\U0001F600\n\n"), 1), Event("€豆腐\U0001F600"));

    private static string Random(int bytes) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes));
}
