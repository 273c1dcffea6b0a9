using System.Text.Json;
using System.Text.Json.Serialization;

namespace Siar.ContractService;

/// <summary>Sends a client's reports to the harness: to its address with a number behind it, one after the other.</summary>
internal static class Callbacks
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static async Task SendAsync(HttpClient http, Uri callbackUrl, DrivenClient client)
    {
        var root = callbackUrl.AbsoluteUri.TrimEnd('/');
        var number = 0;
        await foreach (var report in client.Reports.ReadAllAsync())
        {
            using var response = await http.PostAsJsonAsync($"{root}/{++number}", report, Json);
            // A harness that has finished a test listens to it no more.
            if (!response.IsSuccessStatusCode) return;
        }
    }
}
