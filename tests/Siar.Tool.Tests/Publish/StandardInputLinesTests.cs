using System.IO.Pipelines;
using System.Text;

namespace Siar.Tool.Tests;

public sealed class StandardInputLinesTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\nb", new[] { "a", "b" })]
    [InlineData("a\r\n\r\nb\rc\r\n", new[] { "a", "", "b\rc" })]
    [InlineData("\n", new[] { "" })]
    [InlineData("\ufeffa\nb", new[] { "a", "b" })]
    [InlineData("\ufeff", new[] { "" })]
    [InlineData("\ufeff\ufeffa\n\ufeffb", new[] { "\ufeffa", "\ufeffb" })]
    public async Task A_line_ends_with_lf_or_crlf_and_the_last_with_nothing(string text, string[] expected) =>
        (await ReadAsync(Encoding.UTF8.GetBytes(text))).ShouldBe(expected);

    [Fact]
    public async Task A_line_is_there_before_the_next_one_is_written()
    {
        var pipe = new Pipe();
        var lines = new StandardInputLines(pipe.Reader.AsStream());
        await using var reading = lines.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();

        await pipe.Writer.WriteAsync("first\nsec"u8.ToArray());
        (await reading.MoveNextAsync()).ShouldBeTrue();
        Encoding.UTF8.GetString(reading.Current).ShouldBe("first");
        await pipe.Writer.WriteAsync("ond\n"u8.ToArray());
        (await reading.MoveNextAsync()).ShouldBeTrue();
        Encoding.UTF8.GetString(reading.Current).ShouldBe("second");

        await pipe.Writer.CompleteAsync();
        (await reading.MoveNextAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_not_utf8_is_told_with_the_number_of_its_line()
    {
        var failure = await Should.ThrowAsync<FormatException>(() => ReadAsync([.. "good\n"u8, 0xC3, 0x28, (byte)'\n']));

        failure.Message.ShouldStartWith("line 2 is not UTF-8 text");
    }

    [Fact]
    public async Task Lines_longer_than_the_buffer_are_whole()
    {
        var text = new string('x', 100_000) + "é";

        (await ReadAsync(Encoding.UTF8.GetBytes(text + "\nz\n"))).ShouldBe([text, "z"]);
    }

    private static async Task<List<string>> ReadAsync(byte[] bytes)
    {
        var lines = new StandardInputLines(new MemoryStream(bytes));
        var found = new List<string>();
        await foreach (var line in lines.ReadAsync(TestContext.Current.CancellationToken)) found.Add(Encoding.UTF8.GetString(line));
        return found;
    }
}
