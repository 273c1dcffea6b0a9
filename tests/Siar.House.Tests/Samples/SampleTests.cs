using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Siar.House.Tests.Docs.Commands;

namespace Siar.House.Tests.Samples;

/// <summary>Each sample does what it is there to show.</summary>
public sealed class SampleTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task An_answer_outlives_the_reader_and_is_the_same_for_the_next()
    {
        using var sample = Start("LlmTokens", "--pace 20");
        using var http = await ClientAsync(sample);
        using var asked = await http.PostAsJsonAsync("/answers", new { prompt = "Why a log?" });
        var topic = "/answers/" + (await asked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();

        // The first reader leaves after a few words.
        var first = await DataAsync(http, topic + "?lastEventId=earliest", most: 3);
        var second = await DataAsync(http, topic + "?lastEventId=earliest");
        var third = await DataAsync(http, topic + "?lastEventId=earliest");

        first.Count.ShouldBe(3);
        second.Take(3).ShouldBe(first);
        second[^1].ShouldBe("\"like. \"");
        third.ShouldBe(second);
    }

    [Fact]
    public async Task An_answer_that_is_stopped_ends_for_everybody()
    {
        using var sample = Start("LlmTokens", "--pace 200");
        using var http = await ClientAsync(sample);
        using var asked = await http.PostAsJsonAsync("/answers", new { prompt = "Why?" });
        var id = (await asked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();

        var reading = DataAsync(http, $"/answers/{id}?lastEventId=earliest");
        (await http.PostAsync($"/answers/{id}/stop", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await reading.WaitAsync(Patience)).ShouldNotContain("\"like. \"");
        (await http.PostAsync($"/answers/{id}/stop", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Progress_is_seen_whole_by_who_comes_late()
    {
        using var sample = Start("JobProgress", "--pace 5");
        using var http = await ClientAsync(sample);
        using var started = await http.PostAsync("/jobs", null);
        var id = (await started.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();

        (await DataAsync(http, $"/jobs/{id}/progress?lastEventId=earliest")).ShouldBe(["10", "20", "30", "40", "50", "60", "70", "80", "90", "100"]);
    }

    [Fact]
    public async Task A_notification_reaches_its_user_and_nobody_else()
    {
        using var sample = Start("Notifications", "");
        using var ada = await ClientAsync(sample);
        using var bob = await ClientAsync(sample);
        (await ada.GetAsync("/me/live")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        foreach (var (user, http) in new[] { ("ada", ada), ("bob", bob) }) (await http.PostAsync($"/sign-in/{user}", null)).EnsureSuccessStatusCode();

        (await bob.PostAsync("/notify/ada?text=secret", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await bob.PostAsync("/notify/bob?text=hello", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        const string Mine = "/me/live?topic=users/ada&topic=users/bob&lastEventId=earliest";
        (await DataAsync(ada, Mine, most: 1)).ShouldBe(["secret"]);
        (await DataAsync(bob, Mine, most: 1)).ShouldBe(["hello"]);
    }

    [Fact]
    public async Task A_message_is_said_and_after_a_pause_another()
    {
        using var sample = Start("HelloTwice", "--pause 0");
        using var http = await ClientAsync(sample);

        (await http.PostAsync("/hello", null)).EnsureSuccessStatusCode();

        (await DataAsync(http, "/hello?lastEventId=earliest", most: 2)).ShouldBe(["Hello", "Hello again"]);
    }

    [Fact]
    public async Task Until_the_pause_is_over_only_the_first_message_is_said()
    {
        using var sample = Start("HelloTwice", "--pause 3600");
        using var http = await ClientAsync(sample);

        var saying = http.PostAsync("/hello", null);
        (await DataAsync(http, "/hello?lastEventId=earliest", most: 1)).ShouldBe(["Hello"]);

        saying.IsCompleted.ShouldBeFalse();
    }

    /// <summary>What a stranger may read of each sample: everything else is of somebody.</summary>
    [Theory]
    [InlineData("Analytics", "--follow /dev/null")]
    [InlineData("Blazor", "--pace 20", "ticks")]
    [InlineData("Datastar", "")]
    [InlineData("HelloTwice", "--pause 0")]
    [InlineData("Htmx", "")]
    [InlineData("JobProgress", "--pace 5")]
    [InlineData("LlmTokens", "--pace 5")]
    [InlineData("ManyHubs", "")]
    [InlineData("Minimal", "")]
    [InlineData("Notifications", "")]
    public async Task In_production_a_stranger_gets_nothing_of_others(string sample, string arguments, params string[] open)
    {
        using var running = Start(sample, arguments, "Production");
        using var somebody = await ClientAsync(running);
        using var stranger = await ClientAsync(running);
        await UseAsync(sample, somebody);

        foreach (var path in new[] { "/events/*", "/events?pattern=*", "/events?template={%2Bany}", "/events?topic=*&last=100", "/events?topic=*&snapshot=on", "/.well-known/mercure?match=*", "/.well-known/mercure?topic=*", "/me/live", "/users/ada" })
        {
            var seen = await SeenAsync(stranger, path);
            foreach (var topic in seen) open.ShouldContain(topic, $"{path} of {sample}");
        }

        foreach (var topic in open) (await SeenAsync(stranger, "/events/*")).ShouldContain(topic);
    }

    [Fact]
    public void No_sample_is_left_out_of_that()
    {
        var tested = typeof(SampleTests).GetMethod(nameof(In_production_a_stranger_gets_nothing_of_others))!
            .GetCustomAttributes(typeof(InlineDataAttribute), inherit: false).Cast<InlineDataAttribute>().Select(d => (string)d.Data[0]!);

        Directory.GetDirectories(Repository.PathOf("samples")).Select(Path.GetFileName).Except(tested).ShouldBeEmpty();
    }

    /// <summary>Does what a person would with a sample that has something of theirs.</summary>
    private static async Task UseAsync(string sample, HttpClient somebody)
    {
        using var nothing = sample switch
        {
            "JobProgress" => await somebody.PostAsync("/jobs", null),
            "LlmTokens" => await somebody.PostAsJsonAsync("/answers", new { prompt = "my secret illness" }),
            "HelloTwice" => await somebody.PostAsync("/hello", null),
            "ManyHubs" => await somebody.PutAsync($"/orders/{Guid.NewGuid()}?what=tea", null),
            "Minimal" => await somebody.PostAsync("/prices/eurusd?value=1.07", null),
            "Notifications" => await somebody.PostAsync("/sign-in/ada", null),
            _ => null,
        };
        nothing?.EnsureSuccessStatusCode();
        if (sample is "Notifications") (await somebody.PostAsync("/notify/ada?text=secret", null)).EnsureSuccessStatusCode();
        if (sample is "LlmTokens") _ = await DataAsync(somebody, $"/answers/{(await nothing!.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()}?lastEventId=earliest", most: 1);
    }

    /// <summary>The topics of what a page of a path tells from the beginning on; none where it is no page of events.</summary>
    private static async Task<List<string>> SeenAsync(HttpClient http, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "application/json" }, { "Last-Event-ID", path.Contains("last=", StringComparison.Ordinal) || path.Contains("snapshot", StringComparison.Ordinal) ? "" : "earliest" } } };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (answer.StatusCode is not HttpStatusCode.OK || answer.Content.Headers.ContentType?.MediaType != "application/json") return [];
        var page = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return [.. page.GetProperty("events").EnumerateArray().SelectMany(e => e.GetProperty("topics").EnumerateArray()).Select(t => t.GetString()!)];
    }

    private static Shell Start(string sample, string arguments, string environment = "Development") =>
        Shell.Start($"exec dotnet '{Repository.PathOf($"artifacts/bin/{sample}/{Repository.Configuration}/{sample}.dll")}' --urls http://127.0.0.1:0 --environment {environment} {arguments}");

    private static async Task<HttpClient> ClientAsync(Shell sample) => new() { BaseAddress = await sample.Address.WaitAsync(Patience), Timeout = Patience };

    /// <summary>The data of a stream's events: so many, or all until it ends.</summary>
    private static async Task<List<string>> DataAsync(HttpClient http, string path, int most = int.MaxValue)
    {
        await using var stream = await http.GetStreamAsync(new Uri(path, UriKind.Relative));
        using var lines = new StreamReader(stream);
        List<string> data = [];
        var type = "";
        while (data.Count < most && await lines.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.Length == 0) type = "";
            if (line.StartsWith("event: ", StringComparison.Ordinal)) type = line["event: ".Length..];
            if (line.StartsWith("data: ", StringComparison.Ordinal) && type.Length == 0) data.Add(line["data: ".Length..]);
        }

        return data;
    }
}
