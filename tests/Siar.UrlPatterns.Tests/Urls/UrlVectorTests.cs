using System.Text.Json;
using Siar.TestKit;

namespace Siar.UrlPatterns.Tests.Urls;

public sealed class UrlVectorTests
{
    private static readonly Dictionary<string, JsonElement[]> Read = Vectors.Files("url")
        .ToDictionary(f => Path.GetFileName(f), f => JsonSerializer.Deserialize<JsonElement[]>(File.ReadAllBytes(f))!);

    public static TheoryData<string, int, string> All
    {
        get
        {
            var rows = new TheoryData<string, int, string>();
            foreach (var (file, cases) in Read)
            {
                for (var i = 0; i < cases.Length; i++) rows.Add(file, i, cases[i].GetRawText());
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_text_parses_to_the_vectors_URL(string file, int index, string _)
    {
        var vector = Read[file][index];
        var baseUrl = vector.TryGetProperty("base", out var text) ? Url.Parse(text.GetString()!) : null;

        var parsed = Url.TryParse(vector.GetProperty("input").GetString()!, baseUrl, out var url);

        parsed.ShouldBe(url is not null);
        url?.Href.ShouldBe(vector.GetProperty("href").GetString());
        if (url is null) vector.GetProperty("href").ValueKind.ShouldBe(JsonValueKind.Null);
    }
}
