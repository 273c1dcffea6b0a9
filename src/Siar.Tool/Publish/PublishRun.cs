using System.Text;

namespace Siar.Tool;

/// <summary>Runs <c>siar publish</c> to its exit code.</summary>
internal static class PublishRun
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(Func<PublishRequest> read)
    {
        const string Name = "siar publish";
        PublishRequest request;
        try
        {
            request = read();
        }
        catch (SettingException failure)
        {
            return new Notes(Name, isQuiet: false).Fail(failure.Message, ExitCode.Usage);
        }

        var notes = new Notes(Name, request.IsQuiet);
        using var interruption = new Interruption();
        using var http = HubHttp.Create(request.Hub, AnswerTimeout);
        var publisher = new Publisher(http, request.Hub.Events, new Backoff(Random.Shared.NextDouble), TimeProvider.System, notes);
        try
        {
            return request.Data is { } data
                ? await PublishOneAsync(request, data, publisher, notes, interruption.Token)
                : await PublishLinesAsync(request, publisher, notes, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return interruption.ExitCode;
        }
    }

    private static async Task<int> PublishOneAsync(PublishRequest request, string data, Publisher publisher, Notes notes, CancellationToken cancellationToken)
    {
        var batch = new EventBatch(request);
        batch.Add(Encoding.UTF8.GetBytes(data));
        var outcome = await publisher.PublishAsync(batch, cancellationToken);
        if (outcome.Failure is { } sentence) return notes.Fail(sentence);
        if (!request.IsQuiet) await Console.Out.WriteLineAsync(outcome.Ids[0]);
        return ExitCode.Ok;
    }

    private static async Task<int> PublishLinesAsync(PublishRequest request, Publisher publisher, Notes notes, CancellationToken cancellationToken)
    {
        if (!Console.IsInputRedirected) notes.Say("each line is published as an event; Ctrl+D ends.");
        var input = new StandardInputLines(Console.OpenStandardInput());
        // Nothing can take a waiting read back: the reader is left behind when the process ends.
        _ = Task.Run(() => input.RunAsync(cancellationToken), CancellationToken.None);

        var published = 0L;
        var isOnItsWay = false;
        try
        {
            var batch = new EventBatch(request);
            while (await input.Lines.WaitToReadAsync(cancellationToken))
            {
                batch.Clear();
                while (!batch.IsFull && input.Lines.TryRead(out var line)) batch.Add(line);
                isOnItsWay = true;
                var outcome = await publisher.PublishAsync(batch, cancellationToken);
                isOnItsWay = false;
                published += outcome.Ids.Count;
                if (outcome.Failure is { } sentence) return notes.Fail(sentence);
            }

            return ExitCode.Ok;
        }
        catch (Exception failure) when (failure is FormatException or IOException)
        {
            return notes.Fail(failure.Message);
        }
        finally
        {
            var more = isOnItsWay ? ", and more were on their way" : "";
            notes.Say(published == 1 ? $"published 1 event{more}." : $"published {published} events{more}.");
        }
    }
}
