namespace Siar.Dashboard.Tests;

/// <summary>Requests as tests make them.</summary>
internal static class HttpClientExtensions
{
    public static async Task<string> GetStringAsync(this HttpClient client, string path, CancellationToken cancellationToken, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", accept } } };
        using var response = await client.SendAsync(request, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }
}
