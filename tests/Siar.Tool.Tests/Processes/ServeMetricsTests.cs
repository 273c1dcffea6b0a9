using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Siar.Auth;
using Siar.Topics;

namespace Siar.Tool.Tests;

/// <summary>The metrics of a running hub, as Prometheus takes them.</summary>
[Trait("runs", "siar")]
public sealed class ServeMetricsTests
{
    private const string Secret = "a secret of more than thirty-two bytes";
    private const string Resource = "https://hub.example/.well-known/mercure";

    private static readonly Dictionary<string, string> Keys = new() { ["SIAR_KEYS_PUBLISHER"] = Secret, ["SIAR_KEYS_SUBSCRIBER"] = Secret, ["SIAR_RESOURCE"] = Resource };

    [Fact]
    public async Task With_keys_strangers_are_told_nothing()
    {
        await using var hub = await RunningHub.StartAsync(Keys);
        using var stranger = await hub.Http.GetAsync("/metrics");
        stranger.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Token()) } };
        using var scraper = await hub.Http.SendAsync(request);
        (await scraper.Content.ReadAsStringAsync()).ShouldContain("siar_build_info{");
    }

    [Fact]
    public async Task Prometheus_scrapes_an_address_of_their_own_and_has_nothing_to_say_against_a_name()
    {
        await using var hub = await RunningHub.StartAsync(Keys, "--admin-url", "http://127.0.0.1:0");
        var admin = new Uri((await hub.Process.ReadErrorAsync("  metrics  ")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].TrimEnd(','));
        using var http = new HttpClient { BaseAddress = admin };
        using (var publish = new HttpRequestMessage(HttpMethod.Post, "/events/t") { Content = new StringContent("x"), Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Token()) } })
        using (var published = await hub.Http.SendAsync(publish)) published.EnsureSuccessStatusCode();

        (await hub.Http.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await hub.Http.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.GetStringAsync("/health/ready")).ShouldBe("""{"status":"ok"}""");
        (await http.GetAsync("/events/t")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var text = await http.GetStringAsync("/metrics");
        text.ShouldContain("""siar_http_requests_total{method="POST",route="/events/{**topic}",status="200"} 1""");
        foreach (var name in new[] { "siar_build_info{", "process_open_fds ", "process_max_fds ", "process_cpu_seconds_total ", "process_resident_memory_bytes ", "process_start_time_seconds " })
            text.ShouldContain("\n" + name);
        (await PrometheusTools.CheckMetricsAsync(text)).ShouldBe((0, ""));
        await ShouldBeScrapedAsync(admin, http);
    }

    private static async Task ShouldBeScrapedAsync(Uri admin, HttpClient http)
    {
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1" } } };
        using var open = await http.SendAsync(asked);
        open.Content.Headers.ContentType!.ToString().ShouldBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
        (await open.Content.ReadAsStringAsync()).ShouldEndWith("# EOF\n");

        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder.File("prometheus.yml"), $"""
            global: {"{"} scrape_interval: 1s, evaluation_interval: 1s {"}"}
            rule_files: ["{Path.GetFullPath(Path.Combine(TestKit.Vectors.Root, "..", "..", "deploy", "prometheus", "siar-rules.yml"))}"]
            scrape_configs:
              - job_name: siar
                static_configs: [{"{"} targets: ["{admin.Authority}"] {"}"}]
            """, TestContext.Current.CancellationToken);
        var port = FreePort();
        var start = new ProcessStartInfo(PrometheusTools.Find("prometheus"),
            [$"--config.file={folder.File("prometheus.yml")}", $"--storage.tsdb.path={folder.File("data")}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"])
        {
            WorkingDirectory = folder.Path,
        };
        using var process = Process.Start(start)!;
        try
        {
            using var prometheus = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            (await ValueAsync(prometheus, "up{job=\"siar\"}")).ShouldBe("1");
            (await ValueAsync(prometheus, "siar_publishes_total")).ShouldBe("1");
            (await ValueAsync(prometheus, "count(siar_build_info)")).ShouldBe("1");
            (await prometheus.GetStringAsync("/api/v1/rules")).ShouldContain("SiarLogUnavailable");
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    /// <summary>The value of a query, as soon as it has one.</summary>
    private static async Task<string> ValueAsync(HttpClient prometheus, string query)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                var answer = JsonElement.Parse(await prometheus.GetStringAsync("/api/v1/query?query=" + Uri.EscapeDataString(query), patience.Token));
                if (answer.GetProperty("data").GetProperty("result") is var result && result.GetArrayLength() > 0) return result[0].GetProperty("value")[1].GetString()!;
            }
            catch (HttpRequestException)
            {
                // It has not begun to listen.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Token() => new TokenMinter(SigningKey.FromSecret(System.Text.Encoding.UTF8.GetBytes(Secret)), TimeProvider.System).Mint(new TokenRequest
    {
        Publish = MatcherSet.All, Subscribe = MatcherSet.All, Lifetime = TimeSpan.FromMinutes(10), Issuer = "https://hub.example", Audience = Resource,
    });
}
