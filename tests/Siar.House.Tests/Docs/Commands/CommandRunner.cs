using System.Text.Json;

namespace Siar.House.Tests.Docs.Commands;

/// <summary>Types the commands of a page, in order, at one hub, and tells which of them do not do what the page says.</summary>
internal sealed class CommandRunner : IAsyncDisposable
{
    /// <summary>What is published so that a command that reads has something to read.</summary>
    private const string Filler = "an event of the test";

    private const string AnyPort = " --url http://127.0.0.1:0";

    /// <summary>No command takes so long: one that does hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    // What the program keeps where it was started, such as its log, stays out of the repository; a page's next command finds it.
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("siar-docs-");
    private readonly HttpClient _http;
    private readonly Shell _hub;

    private CommandRunner(Shell hub, Uri address)
    {
        _hub = hub;
        _http = new HttpClient { BaseAddress = address, Timeout = Patience };
    }

    public static async Task<CommandRunner> Start()
    {
        var hub = Shell.Start("siar serve --dev" + AnyPort);
        var ended = hub.Ended(CancellationToken.None);
        return await Task.WhenAny(hub.Address, ended).WaitAsync(Patience) == ended
            ? throw new InvalidOperationException($"'siar serve' ended with {await ended}: {hub.Output}")
            : new(hub, await hub.Address);
    }

    /// <summary>Runs one command.</summary>
    /// <returns>What is wrong with it; null where nothing is.</returns>
    public async Task<string?> Try(PageCommand command)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        var before = await CountEvents(command);
        using var shell = Start(command);
        try
        {
            return await Works(command, shell, before, patience.Token)
                ? null
                : $"{command.Place}: '{command.Text}' ended with {await shell.Ended(patience.Token)}: {shell.Output}";
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return $"{command.Place}: '{command.Text}' does not do what it should within {Patience}. It said: {shell.Output}";
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        _hub.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private Shell Start(PageCommand command)
    {
        var address = _http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        var text = command.AsInstalled.Replace(PageCommand.WrittenHub, address, StringComparison.Ordinal);
        return command.Kind switch
        {
            CommandKind.Serves => Shell.StartIn(_folder.FullName, text + AnyPort),
            CommandKind.Tests => Shell.Start(text + " --list"),
            _ => Shell.StartIn(command.IsOfProgram ? _folder.FullName : Repository.Root, text, ("SIAR_HUB", address)),
        };
    }

    private async Task<bool> Works(PageCommand command, Shell shell, int before, CancellationToken cancellationToken)
    {
        switch (command.Kind)
        {
            case CommandKind.Serves:
                return await Until(shell, () => Task.FromResult(shell.Address.IsCompleted), cancellationToken);
            case CommandKind.Reads:
                return await Until(shell, () => PublishAndLook(shell, command), cancellationToken);
            case CommandKind.PublishesOn:
                return await Until(shell, async () => await CountEvents(command) > before, cancellationToken);
            case CommandKind.Publishes:
                return await shell.Ended(cancellationToken) == 0 && await CountEvents(command) > before;
            default:
                return await shell.Ended(cancellationToken) == 0;
        }
    }

    /// <summary>Waits for what a command does that does not end by itself.</summary>
    private static async Task<bool> Until(Shell shell, Func<Task<bool>> isDone, CancellationToken cancellationToken)
    {
        using var beat = new PeriodicTimer(Beat, TimeProvider.System);
        while (!shell.HasEnded)
        {
            if (await isDone()) return true;
            await beat.WaitForNextTickAsync(cancellationToken);
        }

        // One that ends by itself may have done it with its last breath.
        return await shell.Ended(cancellationToken) == 0 && await isDone();
    }

    private async Task<bool> PublishAndLook(Shell shell, PageCommand command)
    {
        foreach (var topic in command.Topics)
        {
            using var body = new StringContent(Filler);
            using var answer = await _http.PostAsync(new Uri("/events/" + topic, UriKind.Relative), body);
            answer.EnsureSuccessStatusCode();
        }

        return shell.Output.Contains(Filler, StringComparison.Ordinal);
    }

    /// <summary>How many events the command's topics have that did not come from here.</summary>
    private async Task<int> CountEvents(PageCommand command)
    {
        var count = 0;
        foreach (var topic in command.Topics)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/events/{topic}?lastEventId=earliest&limit=1000");
            request.Headers.Accept.ParseAdd("application/json");
            using var answer = await _http.SendAsync(request);
            using var page = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
            count += page.RootElement.GetProperty("events").EnumerateArray().Count(e => !e.GetProperty("data").ValueEquals(Filler));
        }

        return count;
    }
}
