using System.Runtime.CompilerServices;
using System.Text.Json;
using Siar.AspNetCore.Tests.Mercure;

namespace Siar.AspNetCore.Tests.OpenApi;

/// <summary>Asking who is subscribed.</summary>
internal static class SubscriptionCases
{
    private const string Path = "/.well-known/mercure/subscriptions";
    private static readonly string Token = Keyring.Subscriber("*");
    private static readonly string LegacyToken = Keyring.LegacySubscriber("*");

    // In development mode no other host is answered.
    private static readonly (string Name, string Value) Rebound = ("Host", "rebound.example");

    public static IEnumerable<ApiCase> All => [.. OfList, .. OfTopic, .. OfMatcher, .. OfOne, .. Heads];

    private static IEnumerable<ApiCase> OfList =>
    [
        Get("listSubscriptions", 200, "?after=00000000-0000-0000-0000-000000000000").With(Token),
        Get("listSubscriptions", 200, "").With(LegacyToken).After(SubscribeAsync),
        Get("listSubscriptions", 304, "", ("If-None-Match", "*")).With(Token),
        .. Refused("listSubscriptions", ""),
        Get("listSubscriptions", 400, "", ("Authorization", "Bearer one two")),
    ];

    private static readonly ConditionalWeakTable<TestHub, MercureReader> Subscribers = [];

    private static IEnumerable<ApiCase> OfTopic =>
    [
        Get("listSubscriptionsOfTopic", 200, "/a?after=00000000-0000-0000-0000-000000000000").With(LegacyToken).After(SubscribeAsync),
        new("listSubscriptionsOfTopic", 304, ApiHub.Keyed, hub => Task.FromResult(
            ApiCase.Request(HttpMethod.Get, Path + "/a", ("If-None-Match", hub.Core.NewestId.Value), ("Authorization", $"Bearer {LegacyToken}")))),
        .. Refused("listSubscriptionsOfTopic", "/a"),
        Get("listSubscriptionsOfTopic", 400, "/never").With(Token),
        Get("listSubscriptionsOfTopic", 404, "/exact").With(Token),
    ];

    private static IEnumerable<ApiCase> OfMatcher =>
    [
        Get("listSubscriptionsOfMatcher", 200, "/exact/a?after=00000000-0000-0000-0000-000000000000").With(Token).After(SubscribeAsync),
        new("listSubscriptionsOfMatcher", 200, ApiHub.Keyed, hub => OneAsync(hub, HttpMethod.Get, LegacyToken)),
        Get("listSubscriptionsOfMatcher", 304, "/exact/a", ("If-None-Match", "*")).With(Token),
        .. Refused("listSubscriptionsOfMatcher", "/exact/a"),
        Get("listSubscriptionsOfMatcher", 400, "/never/a").With(Token),
        Get("listSubscriptionsOfMatcher", 404, "/a/nobody").With(LegacyToken),
    ];

    private static IEnumerable<ApiCase> OfOne =>
    [
        new("getSubscription", 200, ApiHub.Keyed, hub => OneAsync(hub, HttpMethod.Get, Token)),
        new("getSubscription", 304, ApiHub.Keyed, hub => OneAsync(hub, HttpMethod.Get, Token, ("If-None-Match", "*"))),
        .. Refused("getSubscription", "/exact/a/nobody"),
        Get("getSubscription", 400, "/never/a/nobody").With(Token),
        Get("getSubscription", 404, "/exact/a/nobody").With(Token),
    ];

    private static IEnumerable<ApiCase> Heads =>
    [
        Head("lookAtSubscriptions", 200, "").With(Token),
        Head("lookAtSubscriptionsOfTopic", 200, "/a").With(LegacyToken),
        Head("lookAtSubscriptionsOfMatcher", 200, "/exact/a").With(Token),
        new("lookAtSubscription", 200, ApiHub.Keyed, hub => OneAsync(hub, HttpMethod.Head, Token)),
        .. from place in new[] { ("Subscriptions", ""), ("SubscriptionsOfTopic", "/a"), ("SubscriptionsOfMatcher", "/exact/a"), ("Subscription", "/exact/a/nobody") }
           from made in Without(place.Item1, place.Item2)
           select made,
    ];

    private static IEnumerable<ApiCase> Without(string name, string target) =>
    [
        Head("lookAt" + name, 401, target),
        ApiCase.Of("lookAt" + name, 403, HttpMethod.Head, Path + target, Rebound),
        ApiCase.Of("askAbout" + name, 204, HttpMethod.Options, Path + target),
    ];

    private static IEnumerable<ApiCase> Refused(string operation, string target) =>
        [Get(operation, 401, target), ApiCase.Of(operation, 403, HttpMethod.Get, Path + target, Rebound)];

    private static ApiCase Get(string operation, int status, string target, params (string Name, string Value)[] headers) =>
        ApiCase.In(ApiHub.Keyed, operation, status, HttpMethod.Get, Path + target, headers);

    private static ApiCase Head(string operation, int status, string target) => ApiCase.In(ApiHub.Keyed, operation, status, HttpMethod.Head, Path + target);

    /// <summary>Has somebody subscribe to the topic <c>a</c>, and stay.</summary>
    // Held as long as its hub: the collector closes a connection that nobody holds.
    private static async Task SubscribeAsync(TestHub hub) => Subscribers.AddOrUpdate(hub, await hub.OpenAsync("match=a", Token));

    /// <summary>A request for the one subscription that there is.</summary>
    private static async Task<HttpRequestMessage> OneAsync(TestHub hub, HttpMethod method, string token, params (string Name, string Value)[] headers)
    {
        await SubscribeAsync(hub);
        using var list = await hub.AskAsync(Path, token);
        using var json = JsonDocument.Parse(await list.Content.ReadAsStringAsync());
        var id = json.RootElement.GetProperty("subscriptions")[0].GetProperty("id").GetString()!;
        return ApiCase.Request(method, id, [.. headers, ("Authorization", $"Bearer {token}")]);
    }
}
