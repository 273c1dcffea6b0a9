using Siar.Client;

namespace Siar.Tool;

/// <summary>Runs <c>siar subscribe</c> to its exit code.</summary>
internal static class SubscribeRun
{
    /// <summary>A timer waits no longer: some 49 days.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    public static async Task<int> RunAsync(Func<SubscribeRequest> read)
    {
        const string Name = "siar subscribe";
        SubscribeRequest request;
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
        using var timeout = new CancellationTokenSource(request.Timeout is { } asked ? (asked < Longest ? asked : Longest) : Timeout.InfiniteTimeSpan, TimeProvider.System);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interruption.Token, timeout.Token);
        using var http = HubHttp.Create(request.Hub, request.Headers);
        await using var client = new SiarClient(http, new SiarClientOptions { Hub = request.Hub.Url, Token = request.Hub.Token });
        var output = StandardOutput.OpenBuffered();
        var printer = new EventPrinter(output, request.Format, request.Count, notes);
        try
        {
            return await new Subscription(client, request, printer, output, notes).RunAsync(end.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return interruption.ExitCode;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return request.Count is { } wanted
                ? notes.Fail($"only {printer.Printed} of {wanted} events came in time.")
                : ExitCode.Ok;
        }
    }
}
