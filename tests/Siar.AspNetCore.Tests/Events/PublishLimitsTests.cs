using System.Net;
using Siar.Hub;

namespace Siar.AspNetCore.Tests.Events;

public sealed class PublishLimitsTests
{
    private readonly PublishLimits _limits = new(new LimitOptions { PublishesPerAddress = 5, PublishesPerToken = 3 }, new Siar.TestKit.ManualTimeProvider());

    [Fact]
    public void What_the_token_is_refused_does_not_cost_its_address()
    {
        for (var i = 0; i < 6; i++) Take("a", 1).ShouldBeNull();
        for (var i = 0; i < 100; i++) Take("a", 1).ShouldNotBeNull().Sentence.ShouldStartWith("Your token");
        for (var i = 0; i < 4; i++) Take("b", 1).ShouldBeNull();
    }

    [Fact]
    public void What_the_address_is_refused_does_not_cost_the_token()
    {
        for (var i = 0; i < 5; i++) Take("a", 1).ShouldBeNull();
        for (var i = 0; i < 5; i++) Take("b", 1).ShouldBeNull();
        for (var i = 0; i < 100; i++) Take("c", 1).ShouldNotBeNull().Sentence.ShouldStartWith("Your address");
        for (var i = 0; i < 6; i++) Take("c", 1, "10.0.0.2").ShouldBeNull();
    }

    private Refusal? Take(string token, int events, string address = "10.0.0.1")
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        return _limits.TryTake(context, new SiarAccess { Name = token }, events);
    }
}
