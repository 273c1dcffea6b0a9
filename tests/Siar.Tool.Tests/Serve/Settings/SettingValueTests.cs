namespace Siar.Tool.Tests;

public sealed class SettingValueTests
{
    [Theory]
    [InlineData("15s", 15_000)]
    [InlineData("250ms", 250)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("2m", 120_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("3 s", 3_000)]
    [InlineData("0", 0)]
    public void A_duration_has_a_number_and_a_unit(string text, double milliseconds) =>
        Value(text).ToDuration().TotalMilliseconds.ShouldBe(milliseconds);

    [Theory]
    [InlineData("15")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1e3s")]
    [InlineData("5 weeks")]
    [InlineData("99999999999999999d")]
    public void What_is_not_a_duration_is_named(string text) =>
        Should.Throw<SettingException>(() => Value(text).ToDuration()).Message.ShouldStartWith($"SIAR_X: '{text}' is not a duration");

    [Theory]
    [InlineData("65536", 65_536)]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("1.5 KiB", 1_536)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("7B", 7)]
    public void A_size_is_bytes_or_has_a_unit(string text, long bytes) => Value(text).ToSize().ShouldBe(bytes);

    [Theory]
    [InlineData("lots")]
    [InlineData("-1")]
    [InlineData("9999999999999GiB")]
    public void What_is_not_a_size_is_named(string text) =>
        Should.Throw<SettingException>(() => Value(text).ToSize()).Message.ShouldStartWith($"SIAR_X: '{text}' is not a size");

    [Theory]
    [InlineData("660", "0660")]
    [InlineData("0600", "0600")]
    [InlineData("0", "0000")]
    [InlineData("0777", "0777")]
    public void A_mode_is_in_octal_digits_and_is_written_so(string text, string written) => SettingText.Of(Value(text).ToFileMode()).ShouldBe(written);

    [Theory]
    [InlineData("")]
    [InlineData("rw-rw----")]
    [InlineData("888")]
    [InlineData("1777")]
    [InlineData("-1")]
    public void What_is_not_a_mode_is_named(string text) =>
        Should.Throw<SettingException>(() => Value(text).ToFileMode()).Message.ShouldStartWith($"SIAR_X: '{text}' is not the mode of a file");

    [Fact]
    public void Durations_are_written_the_way_they_are_read()
    {
        foreach (var text in new[] { "0s", "250ms", "15s", "90s", "2m", "1h", "36h", "7d", "1.5ms" })
        {
            SettingText.Of(Value(text).ToDuration()).ShouldBe(text);
        }
    }

    private static SettingValue Value(string text) => new("SIAR_X", text);
}
