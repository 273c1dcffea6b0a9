using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using Siar.Hub;
using Siar.Storage.Contract;
using Siar.Storage.Nats.Tests.Shared;
using Siar.TestKit;

namespace Siar.Storage.Nats.Tests.Streams;

/// <summary>What a hub finds at its start.</summary>
public sealed class StreamTests
{
    public static TheoryData<string, string> Unfit => new()
    {
        { "age", "no 'max age'" },
        { "count", "no 'max messages'" },
        { "old", "must be 'new'" },
        { "memory", "must be 'file'" },
        { "subject", "must have the subject" },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task A_stream_that_would_drop_events_behind_the_logs_back_stops_the_start(string fault, string said)
    {
        var server = await NatsServer.Shared;
        var name = NatsHubs.NewName();
        await using var connection = new NatsConnection(NatsOpts.Default with { Url = server.Url });
        var settings = new StreamConfig($"SIAR_{name}", [fault == "subject" ? $"other.{name}" : $"siar.log.{name}"])
        {
            Discard = fault == "old" ? StreamConfigDiscard.Old : StreamConfigDiscard.New,
            Storage = fault == "memory" ? StreamConfigStorage.Memory : StreamConfigStorage.File,
            MaxAge = fault == "age" ? TimeSpan.FromDays(1) : TimeSpan.Zero,
            MaxMsgs = fault == "count" ? 1_000 : -1,
        };
        await new NatsJSContext(connection).CreateStreamAsync(settings, TestContext.Current.CancellationToken);

        var failure = await Should.ThrowAsync<LogUnavailableException>(() => NatsHubs.OpenAsync(server.Url, name));
        failure.Message.ShouldContain(said);
    }

    [Fact]
    public async Task A_hub_that_may_not_make_the_stream_says_so()
    {
        var failure = await Should.ThrowAsync<LogUnavailableException>(async () => await NatsHubs.OpenAsync((await NatsServer.Shared).Url, NatsHubs.NewName(), o => o.Prepare = false));
        failure.Message.ShouldContain("There is no stream");
    }

    [Fact]
    public async Task A_server_that_is_not_there_or_lets_nobody_in_stops_the_start_and_the_password_is_not_repeated()
    {
        await using var server = await NatsServer.StartAsync("authorization { user: hub, password: right }");
        foreach (var url in new[] { "nats://hub:sécret@127.0.0.1:1", $"nats://hub:sécret@127.0.0.1:{server.Port}" })
        {
            var failure = await Should.ThrowAsync<LogUnavailableException>(() => NatsHubs.OpenAsync(url, "siar", o => o.Timeout = TimeSpan.FromSeconds(1)));
            failure.Message.ShouldContain("nats://hub:***@127.0.0.1");
            failure.ToString().ShouldNotContain("sécret");
        }

        await using var log = await NatsHubs.OpenAsync($"nats://hub:right@127.0.0.1:{server.Port}", "siar");
        (await SharedLogs.AppendAsync(log, SharedLogs.Content("t"))).Events[0].Position.ShouldBe(1);
    }

    [Fact]
    public async Task What_somebody_else_has_published_on_the_subject_counts_for_nothing()
    {
        var server = await NatsServer.Shared;
        var name = NatsHubs.NewName();
        var told = new List<Exception>();
        await using var log = await NatsHubs.OpenAsync(server.Url, name);
        log.OnBackgroundFailure = told.Add;
        await SharedLogs.AppendAsync(log, SharedLogs.Content("t", "1"));
        await using var connection = new NatsConnection(NatsOpts.Default with { Url = server.Url });
        await connection.PublishAsync($"siar.log.{name}", "hello", cancellationToken: TestContext.Current.CancellationToken);
        await connection.PingAsync(TestContext.Current.CancellationToken);
        (await SharedLogs.AppendAsync(log, SharedLogs.Content("t", "2"))).Events[0].Position.ShouldBe(2);
        told.ShouldHaveSingleItem().Message.ShouldContain("not a hub's");
        await using var other = await NatsHubs.OpenAsync(server.Url, name);
        SharedLogs.Texts(await SharedLogs.FollowAsync(other, 0, 2)).ShouldBe("1 2");
    }

    [Theory]
    [InlineData("n1:4222", "nats://n1:4222")]
    [InlineData("nats://n1,tls://n2:4223", "nats://n1,tls://n2:4223")]
    [InlineData("nats://hub:sécret@n1:4222,nats://tóken@n2", "nats://hub:***@n1:4222,nats://***@n2")]
    public void Servers_are_shown_without_secrets(string servers, string shown)
    {
        NatsServers.Check(servers).ShouldBeNull();
        NatsServers.Redact(servers).ShouldBe(shown);
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://n1:4222")]
    [InlineData("nats://")]
    [InlineData("nats://hub:sécret@n1:4222,")]
    [InlineData("nats://hub:sécret@n1:port")]
    public void Servers_that_cannot_be_read_are_refused_in_a_sentence(string servers) => NatsServers.Check(servers)!.ShouldSatisfyAllConditions(
        said => said.ShouldContain("nats://HOST:PORT"),
        said => said.ShouldNotContain("sécret"));
}
