using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Siar.Hub;
using Siar.TestKit;

namespace Siar.Tool.Tests;

public sealed class DemoPublisherTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly RecordingHub _hub = new();

    [Fact(Timeout = 60_000)]
    public async Task Each_kind_is_published_once_a_second_on_its_own_topic()
    {
        var publisher = new DemoPublisher(_hub, [new Figure("a"), new Figure("b")], _time, NullLogger<DemoPublisher>.Instance);
        await StartAsync(publisher);

        _time.Advance(TimeSpan.FromSeconds(1));
        (await NextAsync()).ShouldBe(("demo/a", "a", "1"));
        (await NextAsync()).ShouldBe(("demo/b", "b", "1"));
        _time.Advance(TimeSpan.FromSeconds(1));
        (await NextAsync()).ShouldBe(("demo/a", "a", "1"));

        await publisher.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_the_system_does_not_tell_is_left_out_and_the_rest_goes_on()
    {
        var publisher = new DemoPublisher(_hub, [new Figure("secret") { IsUntold = true }, new Figure("b")], _time, NullLogger<DemoPublisher>.Instance);
        await StartAsync(publisher);

        _time.Advance(TimeSpan.FromSeconds(1));
        (await NextAsync()).ShouldBe(("demo/b", "b", "1"));

        await publisher.StopAsync(TestContext.Current.CancellationToken);
    }

    private async Task StartAsync(DemoPublisher publisher)
    {
        await publisher.StartAsync(TestContext.Current.CancellationToken);
        // It begins on a thread of its own: a second that passes before it has set its timer would be missed.
        while (_time.TimerCount == 0) await Task.Yield();
    }

    private async Task<(string Topic, string Type, string Data)> NextAsync()
    {
        var next = await _hub.Published.ReadAsync(TestContext.Current.CancellationToken);
        return (next.Topics.Single().Value, next.Type.Value, Encoding.UTF8.GetString(next.Data.Span));
    }

    /// <summary>Tells the seconds since its last reading.</summary>
    private sealed class Figure(string name) : IFigureReader
    {
        public string Name => name;

        public bool IsUntold { get; init; }

        public byte[] Read(double seconds) => IsUntold ? throw new UnauthorizedAccessException("No.") : Encoding.UTF8.GetBytes(seconds.ToString());
    }

    private sealed class RecordingHub : IHub
    {
        private readonly Channel<Event> _published = Channel.CreateUnbounded<Event>();

        public ChannelReader<Event> Published => _published.Reader;

        public JsonSerializerOptions Json => JsonSerializerOptions.Web;

        public ValueTask<LoggedEvent> PublishAsync(Event content, CancellationToken cancellationToken = default)
        {
            _published.Writer.TryWrite(content);
            return ValueTask.FromResult<LoggedEvent>(null!);
        }

        public ValueTask<ImmutableArray<LoggedEvent>> PublishAsync(ImmutableArray<Event> batch, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask<Published> PublishAsync(ImmutableArray<Event> batch, PublishOptions options, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<Delivery> SubscribeAsync(Siar.Hub.SubscribeRequest request, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask DisconnectAsync(CallerFilter callers, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<Revocation> RevokeAsync(CallerFilter callers, DateTimeOffset until, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask<bool> LiftRevocationAsync(CallerFilter callers, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
