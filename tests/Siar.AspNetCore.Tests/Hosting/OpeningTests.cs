using System.Text;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore.Tests.Hosting;

/// <summary>The log is opened while the application starts, and not before.</summary>
public sealed class OpeningTests
{
    private readonly TaskCompletionSource<IEventLog> _opening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication _app;

    public OpeningTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSiar(o => o.DevelopmentMode = true).OpenLog = async (_, _, starting) => await _opening.Task.WaitAsync(starting);
        _app = builder.Build();
        _app.MapSiar();
    }

    private IHub Hub => _app.Services.GetRequiredService<IHub>();

    [Fact]
    public async Task What_is_published_and_read_before_it_is_open_waits_for_it()
    {
        await using var app = _app;
        var published = Hub.PublishAsync("a", "early", TestContext.Current.CancellationToken).AsTask();
        await using var reader = Hub.SubscribeAsync(new SubscribeRequest { Matchers = MatcherSet.All }, TestContext.Current.CancellationToken).GetAsyncEnumerator();
        var first = reader.MoveNextAsync().AsTask();
        var starting = app.StartAsync(TestContext.Current.CancellationToken);
        (published.IsCompleted, first.IsCompleted, starting.IsCompleted).ShouldBe((false, false, false));

        var log = new MemoryLog(new RetentionLimits(null, null, null), [], TimeProvider.System);
        await log.AppendAsync([new Append([new Event([Topic.Parse("a")], Encoding.UTF8.GetBytes("there before"))])], TestContext.Current.CancellationToken);
        _opening.SetResult(log);
        await starting;
        (await published).Position.ShouldBe(2);

        // It came before the log was open, and so begins at what stood there then.
        await first;
        await Hub.PublishAsync("a", "late", TestContext.Current.CancellationToken);
        var texts = new List<string>();
        while (true)
        {
            if (reader.Current is Delivery.Published { Logged: var logged }) texts.Add(logged.Content.GetText());
            if (texts.LastOrDefault() == "late" || !await reader.MoveNextAsync()) break;
        }

        texts.ShouldNotContain("there before");
    }

    [Fact]
    public async Task One_that_cannot_be_opened_stops_the_start_with_its_sentence()
    {
        var published = Hub.PublishAsync("a", "early", TestContext.Current.CancellationToken).AsTask();
        _opening.SetException(new LogUnavailableException(LogState.Unavailable, "The log 'x' is somebody else's: end them."));
        var failure = await Should.ThrowAsync<LogUnavailableException>(() => _app.StartAsync(TestContext.Current.CancellationToken));
        failure.Message.ShouldBe("The log 'x' is somebody else's: end them.");

        await _app.DisposeAsync();
        await Should.ThrowAsync<HubStoppedException>(() => published);
    }

    [Fact]
    public async Task A_start_that_is_given_up_ends_the_opening()
    {
        await using var app = _app;
        using var cancel = new CancellationTokenSource();
        var starting = app.StartAsync(cancel.Token);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => starting);
    }
}
