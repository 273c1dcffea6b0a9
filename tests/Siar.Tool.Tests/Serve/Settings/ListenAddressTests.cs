namespace Siar.Tool.Tests;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:7427", false, true)]
    [InlineData("http://127.9.9.9:0", false, true)]
    [InlineData("http://[::1]:80", false, true)]
    [InlineData("http://localhost:5000", false, true)]
    [InlineData("HTTPS://localhost", true, true)]
    [InlineData("http://unix:/run/siar.sock", false, true)]
    [InlineData("http://0.0.0.0:80", false, false)]
    [InlineData("http://[::]:80", false, false)]
    [InlineData("http://*:80", false, false)]
    [InlineData("https://hub.example:443", true, false)]
    [InlineData("http://localhost.example:80", false, false)]
    public void An_address_tells_who_can_reach_it(string url, bool isHttps, bool isLocal)
    {
        var address = ListenAddress.Parse(new SettingValue("--url", url));

        address.IsHttps.ShouldBe(isHttps);
        address.IsLocal.ShouldBe(isLocal);
    }

    [Theory]
    [InlineData("127.0.0.1:80", "is not an address")]
    [InlineData("", "is not an address")]
    [InlineData("http://", "is not an address")]
    [InlineData("http://127.0.0.1:99999", "is not an address")]
    [InlineData("ftp://127.0.0.1", "begins with neither")]
    [InlineData("http://127.0.0.1:80/hub", "has a path")]
    [InlineData("http://localhost:0", "write http://127.0.0.1:0")]
    public void What_cannot_be_listened_on_is_named(string url, string sentence)
    {
        var message = Should.Throw<SettingException>(() => ListenAddress.Parse(new SettingValue("--url", url))).Message;

        message.ShouldStartWith($"--url: '{url}'");
        message.ShouldContain(sentence);
    }
}
