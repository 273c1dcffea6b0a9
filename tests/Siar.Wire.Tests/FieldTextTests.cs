namespace Siar.Wire.Tests;

public sealed class FieldTextTests
{
    [Theory]
    [InlineData("a\rb", "carriage return at character 1")]
    [InlineData("a\n", "line feed at character 1")]
    [InlineData("\0", "NUL at character 0")]
    [InlineData("", "empty")]
    public void Text_that_could_break_a_frame_is_no_id_and_no_type(string text, string complaint)
    {
        EventId.TryCreate(text, out var id, out var idError).ShouldBeFalse();
        idError!.ShouldContain(complaint);
        id.IsNone.ShouldBeTrue();
        EventType.TryCreate(text, out var type, out var typeError).ShouldBeFalse();
        typeError!.ShouldContain(complaint);
        type.IsNone.ShouldBeTrue();
        Should.Throw<FormatException>(() => EventId.Parse(text));
        Should.Throw<FormatException>(() => EventType.Parse(text));
    }

    // Lone surrogates do not survive as theory data, so they are made here.
    [Fact]
    public void A_lone_surrogate_is_no_text()
    {
        foreach (var text in new[] { "\uD83D", "\uDE00", "a\uD83Db", "\uDE00\uD83D" })
            EventId.TryCreate(text, out _, out var error).ShouldBeFalse(error);
    }

    [Fact]
    public void Any_other_text_is_taken_as_it_is()
    {
        foreach (var text in new[] { " ", ":", "#1", "…", "😀", "\uFEFF", "\u2028" })
        {
            EventId.Parse(text).Value.ShouldBe(text);
            EventType.Parse(text).Value.ShouldBe(text);
        }
    }
}
