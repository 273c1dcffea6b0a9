using System.Text;
using Siar.Client;

namespace Siar.Tool;

/// <summary>Runs <c>siar publish</c> to its exit code.</summary>
internal static class PublishRun
{
    public static async Task<int> RunAsync(Func<PublishArguments> read)
    {
        const string Name = "siar publish";
        PublishArguments request;
        try
        {
            request = read();
        }
        catch (SettingException failure)
        {
            return new ConsoleMessages(Name, isQuiet: false).Fail(failure.Message, ExitCode.Usage);
        }

        var messages = new ConsoleMessages(Name, request.IsQuiet);
        using var interruption = new Interruption();
        using var http = HubHttp.Create(request.Hub, request.Headers);
        await using var client = new SiarClient(http, Options(request, messages));
        try
        {
            return request.Data is { } data
                ? await PublishOneAsync(request, data, client, messages, interruption.Token)
                : await PublishLinesAsync(request, client, messages, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return interruption.ExitCode;
        }
        catch (PublishException failure)
        {
            return messages.Fail(Sentence(request, failure));
        }
        catch (ArgumentException failure)
        {
            // The client refuses at its door what no event can hold.
            return messages.Fail(ErrorText.Of(failure));
        }
    }

    private static SiarClientOptions Options(PublishArguments request, ConsoleMessages messages) => new()
    {
        Hub = request.Hub.Url,
        Token = request.Hub.Token,
        PublishRetry = new PublishRetryOptions
        {
            GiveUpAfter = request.Timeout ?? Timeout.InfiniteTimeSpan,
            WaitsForHub = false,
            OnRetrying = (reason, wait) => messages.Say($"{reason}; trying again in {wait.TotalSeconds:0.0} s."),
        },
    };

    private static async Task<int> PublishOneAsync(PublishArguments request, string data, SiarClient client, ConsoleMessages messages, CancellationToken cancellationToken)
    {
        var id = await client.PublishAsync(request.EventOf(Encoding.UTF8.GetBytes(data)), cancellationToken);
        try
        {
            if (!request.IsQuiet) await Console.Out.WriteLineAsync(id);
            return ExitCode.Ok;
        }
        catch (StandardOutputException failure) when (!failure.IsReaderGone)
        {
            messages.Say($"the event is published, and its id is {id}.");
            throw;
        }
    }

    private static async Task<int> PublishLinesAsync(PublishArguments request, SiarClient client, ConsoleMessages messages, CancellationToken cancellationToken)
    {
        if (!Console.IsInputRedirected) messages.Say("each line is published as an event; Ctrl+D ends.");
        var input = new StandardInputLines(Console.OpenStandardInput());
        var published = 0L;
        try
        {
            await client.PublishAllAsync(input.ReadAsync(cancellationToken).Select(line => request.EventOf(line)), ids => published += ids.Count, cancellationToken);
            return ExitCode.Ok;
        }
        catch (Exception failure) when (failure is FormatException or (IOException and not PublishException))
        {
            return messages.Fail(failure.Message);
        }
        finally
        {
            var more = cancellationToken.IsCancellationRequested && input.Count > published ? ", and more were on their way" : "";
            messages.Say(published == 1 ? $"published 1 event{more}." : $"published {published} events{more}.");
        }
    }

    private static string Sentence(PublishArguments request, PublishException failure) => failure is { Failure: PublishFailure.Unreachable, InnerException: HttpRequestException, Uncertain: 0 }
        ? $"there is no hub at {request.Hub.Url.GetLeftPart(UriPartial.Authority)}: {ErrorText.Reason(failure)}. Start one with 'siar serve', or name another with --hub."
        : ErrorText.Continue(failure.Message);
}
