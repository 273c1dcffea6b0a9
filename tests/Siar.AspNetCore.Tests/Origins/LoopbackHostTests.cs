namespace Siar.AspNetCore.Tests.Origins;

public sealed class LoopbackHostTests
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("app.localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.0.9")]
    [InlineData("[::1]")]
    public void Names_of_this_machine_alone_are_loopback(string host) => LoopbackHost.IsLoopback(host).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("example.com")]
    [InlineData("localhost.")]
    [InlineData("localhost.example.com")]
    [InlineData("notlocalhost")]
    [InlineData("127.0.0.1.example.com")]
    [InlineData("127.1")]
    [InlineData("127.0.0.01")]
    [InlineData("127.0.0.256")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("2130706433")]
    [InlineData("0.0.0.0")]
    [InlineData("192.168.0.1")]
    [InlineData("[::]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[fe80::1]")]
    public void Other_names_are_not(string host) => LoopbackHost.IsLoopback(host).ShouldBeFalse();
}
