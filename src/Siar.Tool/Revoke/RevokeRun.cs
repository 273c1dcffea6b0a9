using System.Net.Http.Headers;
using System.Text.Json;

namespace Siar.Tool;

/// <summary>Runs <c>siar revoke</c> to its exit code.</summary>
internal static class RevokeRun
{
    public static async Task<int> RunAsync(Func<RevokeOrder> read, bool isQuiet, CancellationToken cancellationToken)
    {
        var messages = new ConsoleMessages("siar revoke", isQuiet);
        RevokeOrder order;
        HttpRequestMessage request;
        try
        {
            order = read();
            request = order.ToRequest();
        }
        catch (SettingException failure)
        {
            return messages.Fail(failure.Message, ExitCode.Usage);
        }

        using (request)
        using (var http = HubHttp.Create(order.Hub, order.Headers))
        {
            if (order.Hub.Token is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            try
            {
                using var answer = await http.SendAsync(request, cancellationToken);
                var text = await answer.Content.ReadAsStringAsync(cancellationToken);
                if (!answer.IsSuccessStatusCode)
                    return messages.Fail(text.Length is > 0 and < 1_000 ? ErrorText.Continue(text.TrimEnd()) : $"{order.Hub.Url} answers {(int)answer.StatusCode}, and not as a hub does: name a hub's root.");
                if (order.Lists) await ListAsync(text);
                else messages.Say(order.Lifts ? "the revocation is lifted." : order.Disconnects ? "their streams are ended." : $"their streams are ended, and they are refused until {UntilOf(text)}.");
                return ExitCode.Ok;
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException)
            {
                return messages.Fail($"there is no hub at {order.Hub.Url.GetLeftPart(UriPartial.Authority)}: {ErrorText.Reason(failure)}. Name another with --hub.");
            }
            catch (JsonException)
            {
                return messages.Fail($"{order.Hub.Url} does not answer as a hub does: name a hub's root.");
            }
        }
    }

    private static async Task ListAsync(string text)
    {
        using var json = JsonDocument.Parse(text);
        foreach (var revocation in json.RootElement.GetProperty("revocations").EnumerateArray()) await Console.Out.WriteLineAsync(revocation.GetRawText());
    }

    private static string UntilOf(string text)
    {
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("until").GetString()!;
    }
}
