using System.Text.Json;

namespace Siar.House.Tests.Docs.Commands;

/// <summary>Types the commands of a page, in order, at one hub, and tells which of them do not do what the page says.</summary>
internal sealed class CommandRunner : IAsyncDisposable
{
    private const string AnyPort = " --url http://127.0.0.1:0";

    /// <summary>No command takes so long: one that does hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

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
        return new(hub, await hub.Address.WaitAsync(Patience));
    }

    /// <summary>Runs one command.</summary>
    /// <returns>What is wrong with it; null where nothing is.</returns>
    public async Task<string?> Try(PageCommand command)
    {
        try
        {
            return await TryKind(command) is { } wrong ? $"{command.Place}: '{command.Text}' {wrong}" : null;
        }
        catch (TimeoutException)
        {
            return $"{command.Place}: '{command.Text}' did nothing for {Patience}.";
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _hub.Dispose();
        await ValueTask.CompletedTask;
    }

    private async Task<string?> TryKind(PageCommand command)
    {
        var before = command.Kind is CommandKind.Publishes or CommandKind.PublishesOn ? await CountEvents(command) : 0;
        using var shell = Start(command);
        switch (command.Kind)
        {
            case CommandKind.Serves:
                await First(shell, shell.Address);
                return shell.Address.IsCompleted ? null : await Failure(shell);
            case CommandKind.Reads:
                await First(shell, PublishUntil(shell.Printed, command));
                return shell.Printed.IsCompleted ? null : await Failure(shell);
            case CommandKind.PublishesOn:
                await First(shell, MoreEvents(command, before));
                return await CountEvents(command) > before ? null : await Failure(shell);
            case CommandKind.Publishes:
                if (await shell.Ended(CancellationToken.None).WaitAsync(Patience) != 0) return await Failure(shell);
                return await CountEvents(command) > before ? null : "published nothing.";
            default:
                return await shell.Ended(CancellationToken.None).WaitAsync(Patience) == 0 ? null : await Failure(shell);
        }
    }

    private Shell Start(PageCommand command)
    {
        var address = _http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        var text = command.AsInstalled.Replace(PageCommand.WrittenHub, address, StringComparison.Ordinal);
        return command.Kind switch
        {
            CommandKind.Serves => Shell.Start(text + AnyPort),
            CommandKind.Tests => Shell.Start(text + " --list"),
            _ => Shell.Start(text, ("SIAR_HUB", address)),
        };
    }

    private static async Task First(Shell shell, Task done) => await Task.WhenAny(shell.Ended(CancellationToken.None), done).WaitAsync(Patience);

    private static async Task<string> Failure(Shell shell) => $"ended with {await shell.Ended(CancellationToken.None)}: {shell.Output}";

    private async Task PublishUntil(Task printed, PageCommand command)
    {
        using var beat = new PeriodicTimer(Beat, TimeProvider.System);
        while (!printed.IsCompleted && await beat.WaitForNextTickAsync())
        {
            foreach (var topic in command.Topics)
            {
                using var body = new StringContent("{}");
                using var answer = await _http.PostAsync(new Uri("/events/" + topic, UriKind.Relative), body);
                answer.EnsureSuccessStatusCode();
            }
        }
    }

    private async Task MoreEvents(PageCommand command, int before)
    {
        using var beat = new PeriodicTimer(Beat, TimeProvider.System);
        while (await CountEvents(command) <= before) await beat.WaitForNextTickAsync();
    }

    private async Task<int> CountEvents(PageCommand command)
    {
        var count = 0;
        foreach (var topic in command.Topics)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/events/{topic}?lastEventId=earliest");
            request.Headers.Accept.ParseAdd("application/json");
            using var answer = await _http.SendAsync(request);
            using var page = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
            count += page.RootElement.GetProperty("events").GetArrayLength();
        }

        return count;
    }
}
