using System.Net;
using Siar.Hub;
using Siar.TestKit;

namespace Siar.Sockets.Tests.Admission;

public sealed class ConnectionGateTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress There = IPAddress.Parse("192.0.2.2");

    private readonly ManualTimeProvider _time = new();
    private readonly Lines _log = new();

    [Fact]
    public void Connections_are_counted_in_all_and_by_address_and_leave_once()
    {
        using var gate = GateOf(new LimitOptions { OpenConnections = 3, OpenConnectionsPerAddress = 2 });
        var first = gate.TryEnter(Here, 10).ShouldNotBeNull();
        gate.TryEnter(Here, 11).ShouldNotBeNull();
        gate.TryEnter(Here, 12).ShouldBeNull();
        gate.TryEnter(There, 12).ShouldNotBeNull();
        gate.TryEnter(IPAddress.Parse("192.0.2.3"), 13).ShouldBeNull();
        gate.TryEnter(null, 13).ShouldBeNull();
        first.Leave();
        gate.Open.ShouldBe(2);
        gate.TryEnter(Here, 10).ShouldNotBeNull();
    }

    [Fact]
    public void Neither_a_trusted_proxy_nor_a_unix_socket_is_counted_by_address()
    {
        using var gate = GateOf(new LimitOptions { OpenConnectionsPerAddress = 1 }, [IPNetwork.Parse("10.0.0.0/8")]);
        for (var i = 0; i < 5; i++)
        {
            gate.TryEnter(IPAddress.Parse("10.1.2.3"), 10).ShouldNotBeNull();
            gate.TryEnter(IPAddress.Parse("::ffff:10.1.2.3"), 10).ShouldNotBeNull();
            gate.TryEnter(null, 10).ShouldNotBeNull();
        }

        gate.TryEnter(IPAddress.Parse("11.1.2.3"), 10).ShouldNotBeNull();
        gate.TryEnter(IPAddress.Parse("11.1.2.3"), 10).ShouldBeNull();
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", false)]
    [InlineData("2001:db8::1", "2001:db8::2", false)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", true)]
    [InlineData("192.0.2.1", "::c000:201", true)]
    [InlineData("192.0.2.1", "192.0.2.2", true)]
    public void An_address_is_a_client_s_own(string one, string other, bool areApart)
    {
        using var gate = GateOf(new LimitOptions { OpenConnectionsPerAddress = 1 });
        gate.TryEnter(IPAddress.Parse(one), 10).ShouldNotBeNull();
        (gate.TryEnter(IPAddress.Parse(other), 11) is not null).ShouldBe(areApart);
    }

    [Fact]
    public void No_connection_has_a_descriptor_of_the_reserve()
    {
        var limit = new DescriptorLimit(400);
        limit.Kept.ShouldBe(72);
        using var gate = GateOf(new LimitOptions(), descriptors: limit);
        gate.TryEnter(Here, 327).ShouldNotBeNull();
        gate.TryEnter(Here, 328).ShouldBeNull();
        gate.TryEnter(null, 399).ShouldBeNull();
        gate.Open.ShouldBe(1);
    }

    [Fact]
    public void What_is_turned_away_is_told_once_in_a_minute_for_each_reason()
    {
        using var gate = GateOf(new LimitOptions { OpenConnections = 2, OpenConnectionsPerAddress = 1 }, descriptors: new DescriptorLimit(400));
        gate.TryEnter(Here, 10);
        for (var i = 0; i < 1_000; i++)
        {
            gate.TryEnter(Here, 11);
            gate.TryEnter(There, 399);
        }

        gate.TryEnter(There, 11);
        gate.TryEnter(null, 12);
        _log.Written.Count.ShouldBe(3);
        _log.Written.ShouldContain(l => l.StartsWith("A connection of 192.0.2.1 was closed as soon as it was made: 1 are open from there", StringComparison.Ordinal));
        _log.Written.ShouldContain(l => l.Contains("the process may have 400 descriptors open, and the last 72 are kept for the hub itself"));
        _log.Written.ShouldContain(l => l.Contains("2 are open, as many as limits.openConnections allows."));

        _time.Advance(TimeSpan.FromMinutes(1));
        gate.TryEnter(null, 399);
        _log.Written.Last().ShouldEndWith(" 999 more lines of this kind were left out since the last one.");
    }

    [Theory]
    [InlineData(1_000, 200, null)]
    [InlineData(296, 210, null)]
    [InlineData(290, 210, "the process may have 290 descriptors open, of which 210 are in use and 69 are kept in reserve: there is no room for connections. Raise the limit to 296 or more")]
    [InlineData(256, 210, "the process may have 256 descriptors open, of which 210 are in use and 69 are kept in reserve: there is no room for connections. Raise the limit to 296 or more")]
    public void Too_few_descriptors_to_serve_with_are_told_in_a_sentence(long most, int open, string? sentence)
    {
        var told = new DescriptorLimit(most).CheckRoom(open);
        if (sentence is null) told.ShouldBeNull();
        else told.ShouldNotBeNull().ShouldStartWith(sentence);
    }

    [Theory]
    [InlineData(0, 0, 0, 20_000, null)]
    [InlineData(0, 0, 0, 1_300, null)]
    [InlineData(0, 0, 0, 1_024, "Of the 1024 descriptors that the process may have open there is room for 740 connections")]
    [InlineData(500, 0, 0, 1_024, null)]
    [InlineData(30_000, 0, 0, 20_000, "limits.connections is 30000, but of the 20000 descriptors that the process may have open there is room for 19336 connections")]
    [InlineData(0, 20_000, 0, 20_000, "limits.openConnections is 20000, but")]
    [InlineData(0, 0, 30_000, 20_000, "limits.openConnectionsPerAddress is 30000, but")]
    public void A_start_warns_only_of_a_number_that_cannot_be_held_or_of_very_few_descriptors(int streams, int open, int ofAddress, long descriptors, string? warning)
    {
        var limits = new LimitOptions { OpenConnections = open, OpenConnectionsPerAddress = ofAddress };
        if (streams > 0) limits.Connections = streams;
        using var gate = GateOf(limits, descriptors: new DescriptorLimit(descriptors));
        gate.CheckRoom(inUse: 200);
        if (warning is null) _log.Written.ShouldBeEmpty();
        else _log.Written.ShouldHaveSingleItem().ShouldStartWith(warning);
    }

    [Fact]
    public void One_address_has_at_most_half_of_the_connections_that_there_are_descriptors_for()
    {
        var limit = new DescriptorLimit(400);
        using var gate = GateOf(new LimitOptions(), descriptors: limit);
        gate.CheckRoom(inUse: 228);
        for (var i = 0; i < 50; i++) gate.TryEnter(Here, 228 + i).ShouldNotBeNull();
        gate.TryEnter(Here, 278).ShouldBeNull();
        gate.TryEnter(There, 278).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(0, 1_000, 2_000)]
    [InlineData(0, 1, 1_000)]
    [InlineData(0, int.MaxValue, int.MaxValue)]
    [InlineData(7, 1_000, 7)]
    public void Without_a_number_of_its_own_twice_as_many_connections_as_streams_may_be_open(int own, int streams, int meant)
    {
        new LimitOptions { OpenConnections = own, Connections = streams }.MostConnections.ShouldBe(meant);
        new LimitOptions { OpenConnectionsPerAddress = own, ConnectionsPerAddress = streams }.MostConnectionsPerAddress.ShouldBe(meant);
    }

    private ConnectionGate GateOf(LimitOptions limits, IReadOnlyList<IPNetwork>? trusted = null, DescriptorLimit? descriptors = null) =>
        new(limits, trusted ?? [], descriptors, _time, _log);

    private sealed class Lines : ILogger<ConnectionGate>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
