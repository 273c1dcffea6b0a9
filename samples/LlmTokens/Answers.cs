using System.Collections.Concurrent;
using System.Text.Json;
using Siar.Hub;

namespace LlmTokens;

/// <summary>
/// Produces answers, each on the topic <c>answers/{id}</c>, whoever listens. Each token is an event; the topic is closed when the answer is
/// complete or stopped, so that a reader knows the end, and one who comes later is not kept waiting.
/// </summary>
internal sealed class Answers(IHub hub, TimeProvider clock, IConfiguration configuration) : BackgroundService
{
    private readonly TimeSpan _pace = TimeSpan.FromMilliseconds(configuration.GetValue("pace", 80));
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Begins an answer.</summary>
    /// <returns>Its id.</returns>
    public string Ask(string prompt)
    {
        var id = Guid.NewGuid().ToString("n");
        var stop = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        _running.TryAdd(id, stop);
        _ = ProduceAsync(id, prompt, stop);
        return id;
    }

    /// <summary>Ends an answer before it is complete. False where none of that id is being produced.</summary>
    public bool Stop(string id)
    {
        if (!_running.TryRemove(id, out var stop)) return false;
        stop.Cancel();
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopping.CancelAsync();
    }

    private async Task ProduceAsync(string id, string prompt, CancellationTokenSource stop)
    {
        var topic = $"answers/{id}";
        try
        {
            await foreach (var token in ScriptedModel.AnswerAsync(prompt, _pace, clock, stop.Token)) await hub.PublishAsync(topic, JsonSerializer.Serialize(token));
        }
        catch (OperationCanceledException)
        {
            // Stopped: what was produced is the answer.
        }
        finally
        {
            // Whoever takes it out of the list may still use it; what is taken here nobody else can.
            if (_running.TryRemove(id, out _)) stop.Dispose();
            await hub.CloseAsync(topic);
        }
    }
}
