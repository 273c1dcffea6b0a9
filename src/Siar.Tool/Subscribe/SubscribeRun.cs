using Siar.Client;

namespace Siar.Tool;

/// <summary>Runs <c>siar subscribe</c> to its exit code.</summary>
internal static class SubscribeRun
{
    /// <summary>A timer waits no longer: some 49 days.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    public static async Task<int> RunAsync(Func<SubscribeArguments> read)
    {
        const string Name = "siar subscribe";
        SubscribeArguments request;
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
        using var timeout = new CancellationTokenSource(request.Timeout is { } asked ? (asked < Longest ? asked : Longest) : Timeout.InfiniteTimeSpan, TimeProvider.System);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(interruption.Token, timeout.Token);
        using var http = HubHttp.Create(request.Hub, request.Headers);
        await using var client = new SiarClient(http, new SiarClientOptions { Hub = request.Hub.Url, Token = request.Hub.Token });
        var output = StandardOutput.OpenBuffered();
        var printer = new EventPrinter(output, request.Format, request.Count, messages);
        try
        {
            return await new Subscription(client, request, printer, output, messages).RunAsync(end.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return interruption.ExitCode;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return request.Count is { } wanted
                ? messages.Fail($"only {printer.Printed} of {wanted} events came in time.")
                : ExitCode.Ok;
        }
    }
}
