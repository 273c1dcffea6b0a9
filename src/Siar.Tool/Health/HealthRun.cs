using System.Net;
using System.Text.Json;

namespace Siar.Tool;

/// <summary>Runs <c>siar health</c> to its exit code.</summary>
internal static class HealthRun
{
    private const int MostBytes = 64 << 10;

    public static async Task<int> RunAsync(Func<ProbeAddress> readAddress, Func<TimeSpan> readTimeout, bool isQuiet, CancellationToken cancellationToken)
    {
        var messages = new ConsoleMessages("siar health", isQuiet);
        ProbeAddress address;
        TimeSpan timeout;
        try
        {
            (address, timeout) = (readAddress(), readTimeout());
            if (timeout <= TimeSpan.Zero) throw new SettingException("--timeout: write a time of more than nothing, such as 5s.");
        }
        catch (SettingException failure)
        {
            return messages.Fail(failure.Message, ExitCode.Usage);
        }

        if (await WhyNotAsync(address, timeout, cancellationToken) is { } sentence) return messages.Fail(sentence);
        if (!isQuiet) await Console.Out.WriteLineAsync($"The hub at {address.Name} is ready.");
        return ExitCode.Ok;
    }

    private static async Task<string?> WhyNotAsync(ProbeAddress address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(timeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        using var http = address.CreateClient();
        try
        {
            // What is no hub may answer without an end.
            using var answer = await http.GetAsync("health/ready", HttpCompletionOption.ResponseHeadersRead, either.Token);
            var (status, detail) = answer.Content.Headers.ContentLength <= MostBytes ? Read(await answer.Content.ReadAsByteArrayAsync(either.Token)) : default;
            return answer.StatusCode switch
            {
                HttpStatusCode.OK when status == "ok" => null,
                HttpStatusCode.ServiceUnavailable when status is not null => $"the hub at {address.Name} is not ready ({status}). {detail}",
                var other => $"{address.Name} answers /health/ready with {(int)other}, and not as a hub does: name a hub's root, or its admin address.",
            };
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return $"the hub at {address.Name} has not answered within {SettingText.Of(timeout)}.";
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return $"there is no hub at {address.Name}: {ErrorText.Reason(failure)}.";
        }
    }

    private static (string? Status, string? Detail) Read(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind is JsonValueKind.Object ? (Text(json.RootElement, "status"), Text(json.RootElement, "detail")) : (null, null);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static string? Text(JsonElement answer, string name) => answer.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
