using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Siar.Tool;

/// <summary>Whom to ask.</summary>
/// <param name="Hub">The hub.</param>
/// <param name="Headers">What else is sent with the request.</param>
/// <param name="Timeout">How long to wait.</param>
internal sealed record LiveArguments(HubAddress Hub, IReadOnlyList<RequestHeader> Headers, TimeSpan Timeout);

/// <summary>Asks a running hub what it tells its dashboard, once, to an exit code.</summary>
internal static class LiveRun
{
    /// <summary>Asks.</summary>
    /// <param name="name">The command, and the name of the figures.</param>
    /// <param name="read">Reads the command line.</param>
    /// <param name="show">Makes text of the figures.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<int> RunAsync(string name, Func<LiveArguments> read, Func<JsonObject, string> show, CancellationToken cancellationToken)
    {
        var messages = new ConsoleMessages($"siar {name}", isQuiet: false);
        LiveArguments arguments;
        try
        {
            arguments = read();
            if (arguments.Timeout <= TimeSpan.Zero) throw new SettingException("--timeout: write a time of more than nothing, such as 10s.");
        }
        catch (SettingException failure)
        {
            return messages.Fail(failure.Message, ExitCode.Usage);
        }

        var place = arguments.Hub.Url.AbsoluteUri.TrimEnd('/');
        using var patience = new CancellationTokenSource(arguments.Timeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var (sample, refusal) = await AskAsync(name, arguments, either.Token);
            if (sample is null) return messages.Fail(refusal!);
            await Console.Out.WriteLineAsync(show(sample));
            return ExitCode.Ok;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return messages.Fail($"the hub at {place} has not answered within {SettingText.Of(arguments.Timeout)}.");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return messages.Fail($"there is no hub at {place}: {ErrorText.Reason(failure)}. Start one with 'siar serve', or name another with --hub.");
        }
        catch (JsonException)
        {
            return messages.Fail(NoFigures(place));
        }
    }

    private static async Task<(JsonObject? Sample, string? Refusal)> AskAsync(string name, LiveArguments arguments, CancellationToken cancellationToken)
    {
        var place = arguments.Hub.Url.AbsoluteUri.TrimEnd('/');
        using var http = HubHttp.Create(arguments.Hub, arguments.Headers);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(arguments.Hub.Url, $"live/{name}?refusal=status"));
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        if (arguments.Hub.Token is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        switch (answer.StatusCode)
        {
            case HttpStatusCode.OK when answer.Content.Headers.ContentType?.MediaType == "application/x-ndjson":
                using (var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken))) return (await ReadAsync(lines, cancellationToken), NoFigures(place));
            case HttpStatusCode.OK or HttpStatusCode.NotFound:
                return (null, NoFigures(place));
            case var status:
                var sentence = (await answer.Content.ReadAsStringAsync(cancellationToken)).Trim();
                return (null, $"the hub at {place} answers {(int)status}. {sentence}");
        }
    }

    // The first event has the figures; lines before it are empty, or signals.
    private static async Task<JsonObject?> ReadAsync(StreamReader lines, CancellationToken cancellationToken)
    {
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0 && JsonNode.Parse(line) is JsonObject told && told["data"] is JsonValue data) return JsonNode.Parse(data.GetValue<string>()) as JsonObject;
        }

        return null;
    }

    private static string NoFigures(string place) => $"{place} has no figures of a hub: name the address at which its dashboard is, such as {ServeSettings.DefaultUrl}.";
}
