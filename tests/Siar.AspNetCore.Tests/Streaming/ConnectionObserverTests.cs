using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Siar.Hub;
using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Streaming;

/// <summary>What an application is told of the streams that begin and end.</summary>
public sealed class ConnectionObserverTests
{
    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();

    [Fact]
    public async Task Every_door_tells_who_came_what_for_and_why_the_stream_ended()
    {
        var setup = Keyring.Setup();
        await using var hub = await TestHub.StartAsync(setup with
        {
            Siar = s =>
            {
                setup.Siar!(s);
                Observe(s);
            },
            Endpoints = app =>
            {
                app.MapEvents("/jobs/{id}", (string id) => $"jobs/{id}");
                app.MapGet("/answer", () => SiarResults.Events(One()));
                app.MapGet("/result", () => SiarResults.Events("a"));
            },
        });
        using (await OpenAsync("/events/a", Keyring.Subscriber("a"))) await ShouldBeToldAsync("+ /events/{**topic} a https://issuer.example: somebody 127.0.0.1");
        await ShouldBeToldAsync("- /events/{**topic} PeerClosed");
        using (await OpenAsync("/.well-known/mercure?match=a&match=b", Keyring.Subscriber("a"))) await ShouldBeToldAsync("+ /.well-known/mercure a,b https://issuer.example: somebody 127.0.0.1");
        await ShouldBeToldAsync("- /.well-known/mercure PeerClosed");
        using (await OpenAsync("/jobs/7")) await ShouldBeToldAsync("+ /jobs/{id} jobs/7  127.0.0.1");
        await ShouldBeToldAsync("- /jobs/{id} PeerClosed");
        using (await OpenAsync("/result"))
        {
            await ShouldBeToldAsync("+ /result a  127.0.0.1");

            // It is told before the hub has the stream.
            var told = ShouldBeToldAsync("- /result Requested");
            while (!told.IsCompleted)
            {
                await hub.Hub.DisconnectAsync(CallerFilter.Address(System.Net.IPAddress.Loopback), TestContext.Current.CancellationToken);
                await Task.Yield();
            }

            await told;
        }

        using (await OpenAsync("/answer"))
        {
            await ShouldBeToldAsync("+ /answer   127.0.0.1");
            await ShouldBeToldAsync("- /answer Closed");
        }

        // What is no stream is none.
        (await hub.Client.GetAsync("/events/a")).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
        using var page = new HttpRequestMessage(HttpMethod.Get, "/events/a") { Headers = { { "Accept", "application/json" }, { "Authorization", $"Bearer {Keyring.Subscriber("a")}" } } };
        (await hub.Client.SendAsync(page)).EnsureSuccessStatusCode();
        using var last = await OpenAsync("/jobs/8");
        await ShouldBeToldAsync("+ /jobs/{id} jobs/8  127.0.0.1");
        await hub.StopAsync();
        await ShouldBeToldAsync("- /jobs/{id} Draining");

        async Task<HttpResponseMessage> OpenAsync(string path, string? token = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (token is not null) request.Headers.Add("Authorization", $"Bearer {token}");
            return await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }
    }

    [Fact]
    public async Task An_observer_that_throws_or_never_answers_hurts_no_stream_and_no_other_observer()
    {
        var time = new ManualTimeProvider();
        var stuck = new TaskCompletionSource();
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Logged = LogLevel.Warning,
            Services = s => s.Replace(ServiceDescriptor.Singleton<TimeProvider>(time)),
            Siar = s =>
            {
                s.OnConnected((_, _) => throw new InvalidOperationException("thrown at once"));
                s.OnConnected(async (_, _) =>
                {
                    await Task.Yield();
                    throw new InvalidOperationException("thrown later");
                });
                s.OnConnected(async (_, cancelled) =>
                {
                    _told.Writer.TryWrite("stuck");
                    // It heeds nothing.
                    await stuck.Task;
                });
                Observe(s);
            },
        });
        using (var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a"))
        {
            await ShouldBeToldAsync("stuck");
            await hub.Hub.PublishAsync("a", "meanwhile");
            (await reader.NextAsync()).Data.ShouldBe("meanwhile");

            // It says that it is stuck before it is waited for.
            var told = ShouldBeToldAsync("+ /events/{**topic} a  127.0.0.1");
            while (!told.IsCompleted)
            {
                time.Advance(ConnectionObservers.Patience);
                await Task.Yield();
            }

            await told;
        }

        await ShouldBeToldAsync("- /events/{**topic} PeerClosed");
        stuck.SetResult();
        hub.Log.Errors.Count(e => e.Contains("has failed")).ShouldBe(2);
        hub.Log.Sentences.Count(e => e.Contains("waited for no more")).ShouldBe(1);
    }

    private void Observe(SiarBuilder siar)
    {
        siar.OnConnected((connection, _) =>
        {
            var topics = string.Join(',', connection.Topics.Matchers.Select(m => m.Value));
            _told.Writer.TryWrite($"+ {connection.Route} {topics} {connection.Caller} {connection.Address}");
            return ValueTask.CompletedTask;
        });
        siar.OnDisconnected((connection, reason, _) =>
        {
            _told.Writer.TryWrite($"- {connection.Route} {reason}");
            return ValueTask.CompletedTask;
        });
    }

    private async Task ShouldBeToldAsync(string word) => (await _told.Reader.ReadAsync(TestContext.Current.CancellationToken)).ShouldBe(word);

    private static async IAsyncEnumerable<string> One()
    {
        await Task.Yield();
        yield return "all";
    }
}
