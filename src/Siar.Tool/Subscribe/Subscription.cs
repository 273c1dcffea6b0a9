using Siar.Client;
using Siar.Wire;

namespace Siar.Tool;

/// <summary>Prints a stream until the command is to end, and says how its connections come and go.</summary>
internal sealed class Subscription(SiarClient client, SubscribeArguments request, EventPrinter printer, Stream output, ConsoleMessages messages)
{
    /// <summary>Reads until the command is to end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var what = request.What with { OnOpened = SayOpened, OnReconnecting = SayReconnecting };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var stream = client.SubscribeAsync(what, static (in SseMessage message) => message.Data.ToArray(), stop.Token);
        await using var items = stream.GetAsyncEnumerator(stop.Token);
        try
        {
            while (await NextAsync(items, stop))
            {
                printer.Print(items.Current);
                if (!printer.IsDone) continue;
                await output.FlushAsync(cancellationToken);
                return ExitCode.Ok;
            }
        }
        catch (StreamException failure)
        {
            return messages.Fail(ErrorText.Continue(failure.Message));
        }

        messages.Say("the hub says that there is nothing more.");
        return ExitCode.Ok;
    }

    /// <summary>What was printed goes out as soon as there is nothing more to print at once.</summary>
    private async ValueTask<bool> NextAsync(IAsyncEnumerator<StreamItem<byte[]>> items, CancellationTokenSource stop)
    {
        var next = items.MoveNextAsync();
        if (next.IsCompleted) return await next;
        var reading = next.AsTask();
        try
        {
            await output.FlushAsync(stop.Token);
        }
        catch
        {
            // The read ends before the stream is let go: else it would take that for a connection that broke, and say so.
            await stop.CancelAsync();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        return await reading;
    }

    private void SayOpened(StreamOpened opened) =>
        messages.Say(opened.Connection == 1 ? $"subscribed at {request.Hub.Url}" : $"subscribed at {request.Hub.Url} again, after the last event");

    private void SayReconnecting(StreamReconnecting reconnecting) =>
        messages.Say($"{reconnecting.Reason}; trying again in {reconnecting.Delay.TotalSeconds:0.0} s.");
}
