using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Streaming;

/// <summary>Streams of a source that is one caller's alone.</summary>
public sealed class SourceStreamTests
{
    private readonly Source _source = new();
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("text", "a\nb")]
    [InlineData("json", "\"a\\nb\"")]
    [InlineData("generated", "\"a\\nb\"")]
    public async Task Each_item_is_an_event_and_the_stream_ends_with_the_source(string form, string data)
    {
        await using var hub = await StartAsync(app => app.MapGet("/answer", () => form switch
        {
            "text" => SiarResults.Events(_source.ReadAsync(), "token"),
            "json" => SiarResults.Events<object>(_source.ReadAsync(), "token"),
            _ => SiarResults.Events(_source.ReadAsync(), SourceJson.Default.String, "token"),
        }));
        using var reader = await EventStream.OpenAsync(hub.Client, "/answer", signals: false);
        reader.Response.Headers.CacheControl!.ToString().ShouldContain("no-transform");
        _source.Give("a\nb");
        var first = await reader.NextAsync();
        (first.Type, first.Data).ShouldBe(("token", data));
        _source.End();
        (await reader.ReadToEndAsync()).ShouldBeEmpty();
        reader.LastEventId.ShouldBe("");
    }

    [Fact]
    public async Task A_source_is_asked_for_no_more_than_leaves_and_is_cancelled_when_the_caller_leaves()
    {
        await using var hub = await StartAsync();
        using (var reader = await EventStream.OpenAsync(hub.Client, "/answer", signals: false))
        {
            _source.Give("a");
            await reader.NextAsync();
            _source.Asked.ShouldBeLessThanOrEqualTo(2);
        }

        await _source.Cancelled;
    }

    [Fact]
    public async Task A_source_that_is_silent_is_kept_alive_with_comments()
    {
        await using var hub = await StartAsync();
        using var reader = await EventStream.OpenAsync(hub.Client, "/answer", signals: false);
        await reader.ReadUntilAsync(() => reader.Comments == 1);
        while (reader.Comments < 3)
        {
            var seen = reader.Comments;
            var more = reader.ReadUntilAsync(() => reader.Comments > seen);
            while (!more.IsCompleted)
            {
                _time.Advance(TimeSpan.FromSeconds(20));
                await Task.Yield();
            }

            await more;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_peer_that_takes_nothing_is_cut_off_and_its_source_is_ended_and_that_is_no_fault(bool isSilent)
    {
        // Silent after what did not leave: then it is a keep-alive that finds no room, while the source is at work.
        await using var hub = await StartAsync(options: o => o.Hub.WriteDeadline = TimeSpan.FromSeconds(isSilent ? 60 : 10));
        using var peer = await hub.SubscribeAsync("/answer", signals: false);

        // A connection whose request has not come yet would be cut for its silence.
        while (_source.Asked == 0) await Task.Yield();
        for (var i = 0; i < (isSilent ? 1 : 40); i++) _source.Give(new string('x', 1_000_000));
        if (isSilent) peer.Dispose();

        // Cancelled where it is at work, disposed of where it is not.
        while (!_source.Ended.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await hub.StopAsync();
        hub.Log.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stopping_application_ends_it_with_a_time_to_come_back()
    {
        await using var hub = await StartAsync();
        using var reader = await EventStream.OpenAsync(hub.Client, "/answer", signals: false);
        _source.Give("a");
        await reader.NextAsync();
        var stopping = hub.StopAsync();
        (await reader.ReadToEndAsync()).ShouldBeEmpty();
        reader.Retries.Single().ShouldBeInRange(1_000, 3_000);
        await stopping;
    }

    [Fact]
    public async Task It_counts_among_the_streams_and_one_too_many_is_turned_away_as_a_reader_of_the_hub_is()
    {
        await using var hub = await StartAsync(options: o => o.Hub.Limits.Connections = 1);
        using var one = await EventStream.OpenAsync(hub.Client, "/answer", signals: false);
        using var softly = await EventStream.OpenAsync(hub.Client, "/answer", signals: false);
        (await softly.ReadToEndAsync()).ShouldBeEmpty();
        softly.Retries.Count.ShouldBe(1);
        using var status = await hub.Client.GetAsync("/answer?refusal=status");
        status.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        _source.End();
        await one.ReadToEndAsync();
        using var next = await EventStream.OpenAsync(hub.Client, "/answer", signals: false);
        (await next.ReadToEndAsync()).ShouldBeEmpty();
        next.Retries.ShouldBeEmpty();
    }

    [Fact]
    public async Task It_is_compressed_where_the_hub_offers_it_and_each_event_can_be_read_at_once()
    {
        await using var hub = await StartAsync(options: o => o.Hub.GzipFrom = 50);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/answer") { Headers = { AcceptEncoding = { new StringWithQualityHeaderValue("gzip") } } };
        using var response = await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        using var reader = new StreamReader(new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress));
        foreach (var text in new[] { "short", new string('x', 100_000), "last" })
        {
            _source.Give(text);
            string? line;
            while ((line = await reader.ReadLineAsync()) != "data: " + text) line.ShouldNotBeNull();
        }

        _source.End();
        (await reader.ReadToEndAsync()).ShouldBe("\n");
    }

    [Fact]
    public async Task What_a_source_throws_breaks_the_stream_so_that_nobody_takes_it_for_the_end()
    {
        await using var hub = await StartAsync();
        using var reader = await EventStream.OpenAsync(hub.Client, "/answer", signals: false);
        _source.Fail(new InvalidDataException("The model is gone."));
        await Should.ThrowAsync<HttpIOException>(reader.ReadToEndAsync);
    }

    [Fact]
    public async Task HEAD_has_the_headers_and_does_not_touch_the_source()
    {
        await using var hub = await StartAsync(app => app.MapMethods("/answer", ["GET", "HEAD"], () => SiarResults.Events(_source.ReadAsync())));
        using var head = await hub.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/answer"));
        head.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        _source.Asked.ShouldBe(0);
    }

    private Task<TestHub> StartAsync(Action<WebApplication>? endpoints = null, Action<SiarOptions>? options = null) => TestHub.StartAsync(new TestHubSetup
    {
        Environment = "Production",
        MapsSiar = false,
        Options = options,
        Services = s => s.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time)),
        Endpoints = endpoints ?? (app => app.MapGet("/answer", () => SiarResults.Events(_source.ReadAsync()))),
    });

    /// <summary>Gives what a test gives it.</summary>
    private sealed class Source
    {
        private readonly Channel<string> _items = Channel.CreateUnbounded<string>();
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public Task Cancelled => _cancelled.Task;

        public Task Ended => _ended.Task;

        public void Give(string item) => _items.Writer.TryWrite(item).ShouldBeTrue();

        public void End() => _items.Writer.Complete();

        public void Fail(Exception failure) => _items.Writer.Complete(failure);

        public async IAsyncEnumerable<string> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await using var cancelled = cancellationToken.Register(_cancelled.SetResult);
            try
            {
                while (true)
                {
                    Interlocked.Increment(ref _asked);
                    if (!await _items.Reader.WaitToReadAsync(cancellationToken)) yield break;
                    _items.Reader.TryRead(out var item);
                    yield return item!;
                }
            }
            finally
            {
                _ended.TrySetResult();
            }
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class SourceJson : System.Text.Json.Serialization.JsonSerializerContext;
