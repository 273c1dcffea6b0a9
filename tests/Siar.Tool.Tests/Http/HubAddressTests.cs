using System.Collections;

namespace Siar.Tool.Tests;

public sealed class HubAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:7427", "http://127.0.0.1:7427/events")]
    [InlineData("http://127.0.0.1:7427/", "http://127.0.0.1:7427/events")]
    [InlineData("https://example.com/hub", "https://example.com/hub/events")]
    public void Events_are_below_the_hubs_root(string url, string events) =>
        HubAddress.Of(url, null, new Hashtable()).Events.AbsoluteUri.ShouldBe(events);

    [Fact]
    public void A_flag_beats_the_environment_and_that_the_default()
    {
        var variables = new Hashtable { ["SIAR_HUB"] = "http://b", ["SIAR_TOKEN"] = "of the environment" };

        HubAddress.Of("http://a", "of the flag", variables).ShouldBe(new HubAddress(new Uri("http://a/"), "of the flag"));
        HubAddress.Of(null, null, variables).ShouldBe(new HubAddress(new Uri("http://b/"), "of the environment"));
        HubAddress.Of(null, null, new Hashtable()).Url.AbsoluteUri.ShouldBe(ServeSettings.DefaultUrl + "/");
    }

    [Theory]
    [InlineData("localhost:7427")]
    [InlineData("/hub")]
    [InlineData("http://a/?x=1")]
    public void What_is_not_an_address_is_named(string url) =>
        Should.Throw<SettingException>(() => HubAddress.Of(url, null, new Hashtable())).Message.ShouldStartWith($"--hub: '{url}'");
}
