using System.Net;
using System.Threading.Channels;

namespace Siar.Client;

/// <summary>
/// Publishes events in batches. A batch is tried again, with the same key and the same bytes, while that is safe: where the hub certainly has nothing of
/// it, or where it knows the batch again by its key.
/// </summary>
internal sealed class Publisher(HttpClient http, Uri events, SiarClientOptions options)
{
    private const int ReadAhead = 1_000;

    private readonly PublishRequest _request = new(http, options);
    private volatile bool _wasReached;

    public async Task<IReadOnlyList<string>> PublishBatchAsync(IReadOnlyList<OutgoingEvent> content, CancellationToken cancellationToken)
    {
        if (content.Count == 0) return [];
        var batch = new EventBatch();
        foreach (var one in content) batch.Add(one);
        return await SendAsync(PublishMessage.Batch(events, batch.Body(0, batch.Count), batch.Count), cancellationToken);
    }

    public Task CloseAsync(string topic, CancellationToken cancellationToken) => SendAsync(PublishMessage.Close(events, topic), cancellationToken);

    public async Task<long> PublishAllAsync(IAsyncEnumerable<OutgoingEvent> source, Action<IReadOnlyList<string>>? published, CancellationToken cancellationToken)
    {
        var waiting = Channel.CreateBounded<OutgoingEvent>(new BoundedChannelOptions(ReadAhead) { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAheadAsync(source, waiting.Writer, stop.Token);
        var count = 0L;
        try
        {
            var batch = new EventBatch();
            while (await waiting.Reader.WaitToReadAsync(cancellationToken))
            {
                batch.Clear();
                while (!batch.IsFull && waiting.Reader.TryRead(out var next)) batch.Add(next);
                await SendInPartsAsync(batch, ids =>
                {
                    count += ids.Count;
                    published?.Invoke(ids);
                }, cancellationToken);
            }

            return count;
        }
        catch (PublishException failure)
        {
            failure.Published = count;
            throw;
        }
        finally
        {
            // Whoever makes the events is told that nobody wants more; a source that cannot be told is left behind.
            await stop.CancelAsync();
            _ = reading.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private static async Task ReadAheadAsync(IAsyncEnumerable<OutgoingEvent> source, ChannelWriter<OutgoingEvent> waiting, CancellationToken cancellationToken)
    {
        // The source may work without a pause: not on the caller's time.
        await Task.Yield();
        try
        {
            await foreach (var next in source.WithCancellation(cancellationToken)) await waiting.WriteAsync(next, cancellationToken);
            waiting.Complete();
        }
        catch (Exception failure)
        {
            waiting.Complete(failure);
        }
    }

    /// <summary>A hub may take less at once than is usual: then a batch of a stream goes in parts, which it may, unlike one of the caller's.</summary>
    private async Task SendInPartsAsync(EventBatch batch, Action<IReadOnlyList<string>> published, CancellationToken cancellationToken)
    {
        var size = batch.Count;
        for (var first = 0; first < batch.Count;)
        {
            var count = Math.Min(size, batch.Count - first);
            try
            {
                published(await SendAsync(PublishMessage.Batch(events, batch.Body(first, count), count), cancellationToken));
                first += count;
            }
            catch (PublishException failure) when (failure.StatusCode is HttpStatusCode.RequestEntityTooLarge && count > 1)
            {
                size = count / 2;
            }
        }
    }

    private async Task<IReadOnlyList<string>> SendAsync(PublishMessage message, CancellationToken cancellationToken)
    {
        var key = Guid.NewGuid().ToString("N");
        var backoff = new Backoff(options.Reconnect, options.Random);
        var began = options.TimeProvider.GetTimestamp();
        var isUncertain = false;
        while (true)
        {
            var attempt = await _request.SendAsync(message, key, cancellationToken);
            _wasReached |= !attempt.IsUnreached;
            if (attempt.Ids is { } ids) return ids;
            if (attempt.Refusal is { } refusal) throw isUncertain ? Uncertain(refusal, message.Count) : refusal;
            isUncertain |= attempt.IsUncertain;

            var wait = backoff.Next(attempt.RetryAfter);
            if (!MayRetry(attempt, options.TimeProvider.GetElapsedTime(began) + wait)) throw GaveUp(attempt, isUncertain ? message.Count : 0);
            options.PublishRetry.OnRetrying?.Invoke(attempt.Reason!, wait);
            await Task.Delay(wait, options.TimeProvider, cancellationToken);
        }
    }

    private bool MayRetry(Attempt attempt, TimeSpan elapsed)
    {
        var publish = options.PublishRetry;
        if (attempt.IsUncertain && !publish.RetriesLostAnswers) return false;
        if (attempt.IsUnreached && !_wasReached && !publish.WaitsForHub) return false;
        return publish.GiveUpAfter == Timeout.InfiniteTimeSpan || elapsed <= publish.GiveUpAfter;
    }

    private static PublishException GaveUp(Attempt attempt, int uncertain)
    {
        var reason = attempt.Reason!;
        var sentence = $"{char.ToUpperInvariant(reason[0])}{reason[1..]}.{(uncertain > 0 ? " The events may have been published, or not." : "")}";
        return new PublishException(attempt.IsUncertain ? PublishFailure.AnswerLost : PublishFailure.Unreachable, sentence, uncertain, attempt.Failure);
    }

    /// <summary>An answer had been lost before the hub refused.</summary>
    private static PublishException Uncertain(PublishException refusal, int count) =>
        new(refusal.Failure, $"{refusal.Message} The answer to an earlier attempt was lost, so the events may have been published, or not.", count, refusal) { StatusCode = refusal.StatusCode };
}
