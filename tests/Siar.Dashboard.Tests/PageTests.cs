using System.Net;
using System.Text.RegularExpressions;
using Siar.Hub;

namespace Siar.Dashboard.Tests;

/// <summary>The page and its files.</summary>
public sealed class PageTests
{
    [Theory]
    [InlineData("/siar")]
    [InlineData("/siar/")]
    public async Task The_page_runs_nothing_but_its_own_files_and_knows_where_it_is(string path)
    {
        await using var app = await DashboardApp.StartAsync();

        using var page = await app.Client.GetAsync(path);

        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith("default-src 'none'; script-src 'self'; style-src 'self'; ");
        policy.ShouldNotContain("unsafe");
        (await page.Content.ReadAsStringAsync()).ShouldContain("<base href=\"/siar/\">");
    }

    [Theory]
    [InlineData("dashboard.js", "text/javascript")]
    [InlineData("dashboard.css", "text/css")]
    [InlineData("siar.svg", "image/svg+xml")]
    public async Task Its_files_are_in_the_assembly_and_are_not_sent_twice(string name, string type)
    {
        await using var app = await DashboardApp.StartAsync();

        using var first = await app.Client.GetAsync("/siar/" + name);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/siar/" + name) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var second = await app.Client.SendAsync(again);

        first.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Every_reason_of_a_gap_has_words_on_the_page()
    {
        await using var app = await DashboardApp.StartAsync();
        var script = await app.Client.GetStringAsync("/siar/dashboard.js");
        foreach (var reason in Enum.GetNames<GapReason>())
            script.ShouldMatch($"\"?{Regex.Replace(reason, "(?<=.)([A-Z])", "-$1").ToLowerInvariant()}\"?:\"[^\"]{{10,}}\"");
    }

    [Fact]
    public async Task It_may_be_the_root_of_the_application()
    {
        await using var app = await DashboardApp.StartAsync(map: a =>
        {
            a.MapSiar();
            a.MapSiarDashboard("/");
        });

        (await app.Client.GetStringAsync("/")).ShouldContain("<base href=\"/\">");
        (await app.Client.GetAsync("/dashboard.js")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_a_hub_and_with_a_wrong_path_the_start_says_what_to_do()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();

        Should.Throw<InvalidOperationException>(() => app.MapSiarDashboard()).Message.ShouldContain("AddSiar()");
        Should.Throw<ArgumentException>(() => app.MapSiarDashboard("siar")).Message.ShouldContain("begin with a slash");
    }
}
