namespace Siar.AspNetCore.Tests.Mercure;

/// <summary>Telling where the hub is (1.11).</summary>
public sealed class DiscoveryTests
{
    [Fact]
    public async Task A_response_of_the_applications_own_leads_to_the_hub()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Open() with
        {
            Endpoints = app => app.MapGet("/books/1", (HttpContext context) => context.Response.LinkToHub("https://example.com/books/é?a b")),
        });
        (await LinksAsync(hub))[0].ShouldBe($"<{Keyring.Resource}>; rel=\"mercure\"; last-event-id=\"earliest\"");
        await hub.PublishedAsync("topic=a&id=a%22b", Keyring.Publisher("*"));
        (await LinksAsync(hub)).ShouldBe([$"<{Keyring.Resource}>; rel=\"mercure\"; last-event-id=\"a\\\"b\"", "<https://example.com/books/%C3%A9?a%20b>; rel=\"self\""]);
    }

    [Fact]
    public async Task Without_a_name_of_its_own_the_hub_is_a_path()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Endpoints = app => app.MapGet("/books/1", (HttpContext context) => context.Response.LinkToHub()) });
        (await LinksAsync(hub)).ShouldBe(["</.well-known/mercure>; rel=\"mercure\"; last-event-id=\"earliest\""]);
    }

    private static async Task<string[]> LinksAsync(TestHub hub) => [.. (await hub.Client.GetAsync("/books/1")).Headers.GetValues("Link")];
}
