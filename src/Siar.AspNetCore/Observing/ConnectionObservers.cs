using System.Threading.Channels;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>
/// Tells observers of streams that begin and end, by one loop beside them all: a lane or a request only leaves a word. No exception of an observer ends the loop, and
/// none holds it up for longer than a bounded time. May be used from any thread.
/// </summary>
internal sealed partial class ConnectionObservers(IEnumerable<ISiarConnectionObserver> observers, TimeProvider time, ILogger<ConnectionObservers> logger) : IHostedService
{
    /// <summary>How many words may wait.</summary>
    public const int MostWaiting = 100_000;

    /// <summary>How long an observer may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ISiarConnectionObserver[] _observers = [.. observers];
    private readonly Channel<Word> _words = Channel.CreateBounded<Word>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _telling = Task.CompletedTask;

    // The streams that are open, and the application.
    private long _open = 1;
    private long _numbers;
    private long _leftOut;

    /// <summary>Says that a stream begins.</summary>
    /// <returns>The stream; null where nobody wants to know.</returns>
    public SiarConnection? Connect(HttpContext context, CallerIdentity caller, MatcherSet topics)
    {
        if (_observers.Length == 0) return null;
        var connection = new SiarConnection
        {
            Number = Interlocked.Increment(ref _numbers),
            Caller = caller,
            Address = ClientAddress.Of(context),
            Route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? context.Request.Path.ToString(),
            Topics = topics,
            ConnectedAt = time.GetUtcNow(),
        };
        Interlocked.Increment(ref _open);
        Leave(new Word(connection, null));
        return connection;
    }

    /// <summary>Says that it has ended.</summary>
    public void Disconnect(SiarConnection connection, EndReason reason)
    {
        Leave(new Word(connection, reason));
        End();
    }

    /// <summary>Says it when it has: the stream may outlive its request.</summary>
    public void Follow(SiarConnection connection, Subscriber subscriber)
    {
        using (ExecutionContext.SuppressFlow()) _ = FollowAsync(connection, subscriber);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_observers.Length == 0) return Task.CompletedTask;
        using (ExecutionContext.SuppressFlow()) _telling = Task.Run(TellAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Tells what is left: every stream was ended before, but the word of it may still be on its way.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        End();
        await _allEnded.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _words.Writer.TryComplete();
        await _telling.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task FollowAsync(SiarConnection connection, Subscriber subscriber) => Disconnect(connection, await subscriber.Ended);

    private void End()
    {
        if (Interlocked.Decrement(ref _open) == 0) _allEnded.TrySetResult();
    }

    private void Leave(in Word word)
    {
        if (!_words.Writer.TryWrite(word)) Interlocked.Increment(ref _leftOut);
    }

    private async Task TellAsync()
    {
        await foreach (var word in _words.Reader.ReadAllAsync())
        {
            foreach (var observer in _observers) await TellAsync(observer, word);
            if (Interlocked.Exchange(ref _leftOut, 0) is > 0 and var leftOut) LogLeftOut(leftOut);
        }
    }

    private async Task TellAsync(ISiarConnectionObserver observer, Word word)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            var telling = word.Reason is { } reason
                ? observer.OnDisconnectedAsync(word.Connection, reason, patience.Token)
                : observer.OnConnectedAsync(word.Connection, patience.Token);
            // One that does not heed the token is left behind.
            if (!telling.IsCompletedSuccessfully) await telling.AsTask().WaitAsync(Patience, time);
        }
        catch (Exception failure) when (failure is TimeoutException || (failure is OperationCanceledException && patience.IsCancellationRequested))
        {
            LogSlow(observer.GetType().Name, Patience.TotalSeconds);
        }
        catch (Exception failure)
        {
            LogFailure(observer.GetType().Name, failure);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The observer {Observer} of connections has failed; the streams go on.")]
    private partial void LogFailure(string observer, Exception failure);

    [LoggerMessage(2, LogLevel.Warning, "The observer {Observer} of connections took longer than {Seconds} s and is waited for no more.")]
    private partial void LogSlow(string observer, double seconds);

    [LoggerMessage(3, LogLevel.Warning, "The observers of connections are too slow: {Count} beginnings and ends of streams were not told.")]
    private partial void LogLeftOut(long count);

    private readonly record struct Word(SiarConnection Connection, EndReason? Reason);
}
