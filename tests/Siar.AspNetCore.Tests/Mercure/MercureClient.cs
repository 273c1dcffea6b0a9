using System.Text;

namespace Siar.AspNetCore.Tests.Mercure;

/// <summary>Speaks to a hub's Mercure path as any client would.</summary>
internal static class MercureClient
{
    public const string Path = "/.well-known/mercure";

    /// <summary>Publishes.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="body">The fields, encoded.</param>
    /// <param name="token">The token; null for none.</param>
    /// <param name="query">What follows the path.</param>
    public static async Task<HttpResponseMessage> PublishAsync(this TestHub hub, string body, string? token, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path + query)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        if (token is not null) request.Headers.Add("Authorization", $"Bearer {token}");
        return await hub.Client.SendAsync(request);
    }

    /// <summary>Publishes what must be taken, and answers its id.</summary>
    public static async Task<string> PublishedAsync(this TestHub hub, string body, string token)
    {
        using var answer = await hub.PublishAsync(body, token);
        ((int)answer.StatusCode).ShouldBe(200);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Asks for something, and reads the head of the answer.</summary>
    public static async Task<HttpResponseMessage> AskAsync(this TestHub hub, string path, string? token = null, HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        if (token is not null) request.Headers.Add("Authorization", $"Bearer {token}");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Opens a stream, and reads its head and first comment.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="query">The query, as it goes on the wire.</param>
    /// <param name="token">The token; null for none.</param>
    /// <param name="headers">Further header fields, each with its end of line.</param>
    public static async Task<MercureReader> OpenAsync(this TestHub hub, string query, string? token = null, string headers = "")
    {
        var authorization = token is null ? "" : $"Authorization: Bearer {token}\r\n";
        return await MercureReader.OpenAsync(await hub.SubscribeAsync($"{Path}?{query}", authorization + headers));
    }
}
