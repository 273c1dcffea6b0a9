using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Siar.AspNetCore;
using Siar.Hub;
using Siar.TestKit;
using Siar.Topics;

namespace Siar.Dashboard.Tests;

/// <summary>The token that development mode makes to try the hub with.</summary>
public sealed class TokenTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task It_grants_what_was_asked_for_and_no_more()
    {
        await using var app = await DashboardApp.StartAsync();
        var token = await MakeAsync(app, "publish=orders&subscribe=prices");

        (await PublishAsync(app, "orders", token)).ShouldBe(HttpStatusCode.OK);
        (await PublishAsync(app, "prices", token)).ShouldBe(HttpStatusCode.Forbidden);
        (await PublishAsync(app, "prices", token: null)).ShouldBe(HttpStatusCode.OK);
        (await ReadAsync(app, "prices", token)).ShouldContain("data: secret");
        (await ReadAsync(app, "orders", token)).ShouldNotContain("data: secret");
    }

    [Fact]
    public async Task It_is_over_after_ten_minutes_and_then_does_not_count_as_none()
    {
        var time = new ManualTimeProvider(Start);
        await using var app = await DashboardApp.StartAsync(services: s => s.Replace(ServiceDescriptor.Singleton<TimeProvider>(time)));
        var token = await MakeAsync(app, "publish=*");
        time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        (await PublishAsync(app, "a", token)).ShouldBe(HttpStatusCode.OK);

        time.Advance(TimeSpan.FromSeconds(1));

        (await PublishAsync(app, "a", token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Another_hub_s_does_not_count_whether_that_one_runs_or_not()
    {
        await using var other = await DashboardApp.StartAsync();
        await using var app = await DashboardApp.StartAsync();

        (await PublishAsync(app, "a", await MakeAsync(other, "publish=*"))).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("Bearer eyJhbGciOiJIUzI1NiJ9.eyJtZXJjdXJlIjp7fX0.c2lnbmF0dXJlLXRoYXQtaXMtbm9uZQ")]
    [InlineData("Bearer not-a-token-at-all-but-long-enough-to-be-one-by-its-length")]
    [InlineData("Basic YTpi")]
    public async Task Others_are_left_unread_as_development_mode_has_it(string authorization)
    {
        await using var app = await DashboardApp.StartAsync();
        app.Client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);

        (await PublishAsync(app, "a", token: null)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Outside_of_development_mode_there_is_none_not_even_for_whoever_may_do_everything()
    {
        await using var development = await DashboardApp.StartAsync();
        var token = await MakeAsync(development, "publish=*&subscribe=*");
        Action<SiarBuilder>[] rules =
        [
            s => s.AllowAnonymousReaders("*"),
            s => s.UseAuthorizer(_ => new(SiarAccess.Everything)),
            s => s.UseTokens(t => t.Publish.Keys.Add("a-secret-that-is-long-enough-for-HS256")),
        ];
        foreach (var rule in rules)
        {
            await using var app = await DashboardApp.StartAsync("Production", siar: rule);

            using var answer = await app.Client.PostAsync("/siar/live/token?publish=*", content: null);

            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("'siar token'");
        }

        await using var keys = await DashboardApp.StartAsync("Production", siar: rules[2]);
        (await PublishAsync(keys, "a", token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("Host", "hub.example")]
    [InlineData("Origin", "http://elsewhere.example")]
    public async Task No_page_of_the_web_gets_one(string header, string value)
    {
        await using var app = await DashboardApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/siar/live/token?publish=*") { Headers = { { header, value } } };

        (await app.Client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("192.0.2.1", HttpStatusCode.Forbidden)]
    [InlineData("::ffff:127.0.0.1", HttpStatusCode.OK)]
    public async Task No_other_machine_gets_one_whatever_name_it_calls_this_one(string address, HttpStatusCode status)
    {
        await using var app = await DashboardApp.StartAsync(map: a =>
        {
            a.Use((context, next) =>
            {
                context.Connection.RemoteIpAddress = IPAddress.Parse(address);
                return next(context);
            });
            a.MapSiarDashboard();
        });

        (await app.Client.PostAsync("/siar/live/token?publish=*", content: null)).StatusCode.ShouldBe(status);
    }

    [Theory]
    [InlineData("", "names nothing")]
    [InlineData("publish=", "topic")]
    [InlineData("subscribe=a%00b", "topic")]
    public async Task What_it_shall_grant_must_be_said(string query, string sentence)
    {
        await using var app = await DashboardApp.StartAsync();

        using var answer = await app.Client.PostAsync("/siar/live/token?" + query, content: null);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(sentence, Case.Insensitive);
    }

    private static async Task<string> MakeAsync(DashboardApp app, string query)
    {
        using var answer = await app.Client.PostAsync("/siar/live/token?" + query, content: null);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("token").GetString()!;
    }

    private static async Task<HttpStatusCode> PublishAsync(DashboardApp app, string topic, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events/" + topic) { Content = new StringContent("1") };
        if (token is not null) request.Headers.Add("Authorization", "Bearer " + token);
        using var answer = await app.Client.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>What a reader with the token gets of a private event and a public one after it.</summary>
    private static async Task<string> ReadAsync(DashboardApp app, string topic, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/events/" + topic) { Headers = { { "Authorization", "Bearer " + token } } };
        using var response = await app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        await app.Hub.PublishAsync(new Event(Topic.Parse(topic), "secret") { IsPrivate = true });
        await app.Hub.PublishAsync(topic, "end");
        var read = "";
        while (await lines.ReadLineAsync() is { } line)
        {
            read += line + "\n";
            if (line == "data: end") break;
        }

        return read;
    }
}
