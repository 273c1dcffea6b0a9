using System.Text;
using Siar.Client;

namespace Siar.Tool;

/// <summary>Runs <c>siar publish</c> to its exit code.</summary>
internal static class PublishRun
{
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
        using var http = HubHttp.Create(request.Hub, request.Headers);
        await using var client = new SiarClient(http, Options(request, notes));
        try
        {
            return request.Data is { } data
                ? await PublishOneAsync(request, data, client, notes, interruption.Token)
                : await PublishLinesAsync(request, client, notes, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return interruption.ExitCode;
        }
        catch (PublishException failure)
        {
            return notes.Fail(Sentence(request, failure));
        }
        catch (ArgumentException failure)
        {
            // The client refuses at its door what no event can hold.
            return notes.Fail(Sentences.Continue(failure.Message));
        }
    }

    private static SiarClientOptions Options(PublishRequest request, Notes notes) => new()
    {
        Hub = request.Hub.Url,
        Token = request.Hub.Token,
        PublishRetry = new PublishRetryOptions
        {
            GiveUpAfter = request.Timeout ?? Timeout.InfiniteTimeSpan,
            WaitsForHub = false,
            OnRetrying = (reason, wait) => notes.Say($"{reason}; trying again in {wait.TotalSeconds:0.0} s."),
        },
    };

    private static async Task<int> PublishOneAsync(PublishRequest request, string data, SiarClient client, Notes notes, CancellationToken cancellationToken)
    {
        var id = await client.PublishAsync(request.EventOf(Encoding.UTF8.GetBytes(data)), cancellationToken);
        try
        {
            if (!request.IsQuiet) await Console.Out.WriteLineAsync(id);
            return ExitCode.Ok;
        }
        catch (StandardOutputException failure) when (!failure.IsReaderGone)
        {
            notes.Say($"the event is published, and its id is {id}.");
            throw;
        }
    }

    private static async Task<int> PublishLinesAsync(PublishRequest request, SiarClient client, Notes notes, CancellationToken cancellationToken)
    {
        if (!Console.IsInputRedirected) notes.Say("each line is published as an event; Ctrl+D ends.");
        var input = new StandardInputLines(Console.OpenStandardInput());
        var published = 0L;
        try
        {
            await client.PublishAllAsync(input.ReadAsync(cancellationToken).Select(line => request.EventOf(line)), ids => published += ids.Count, cancellationToken);
            return ExitCode.Ok;
        }
        catch (Exception failure) when (failure is FormatException or (IOException and not PublishException))
        {
            return notes.Fail(failure.Message);
        }
        finally
        {
            var more = cancellationToken.IsCancellationRequested && input.Count > published ? ", and more were on their way" : "";
            notes.Say(published == 1 ? $"published 1 event{more}." : $"published {published} events{more}.");
        }
    }

    private static string Sentence(PublishRequest request, PublishException failure) => failure is { Failure: PublishFailure.Unreachable, InnerException: HttpRequestException, Uncertain: 0 }
        ? $"there is no hub at {request.Hub.Url.GetLeftPart(UriPartial.Authority)}: {Sentences.Reason(failure)}. Start one with 'siar serve', or name another with --hub."
        : Sentences.Continue(failure.Message);
}
