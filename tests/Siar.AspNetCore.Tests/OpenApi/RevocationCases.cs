using Siar.Hub;

namespace Siar.AspNetCore.Tests.OpenApi;

/// <summary>Who is refused.</summary>
internal static class RevocationCases
{
    private const string Path = "/revocations";
    private const string Alice = Path + "?user=alice&issuer=i";

    public static IEnumerable<ApiCase> All =>
    [
        ApiCase.Of("revoke", 200, HttpMethod.Post, Alice + "&for=60"),
        ApiCase.Of("revoke", 200, HttpMethod.Post, Path + "?claim=role&value=trader&until=2030-01-01T00:00:00Z"),
        ApiCase.Of("revoke", 200, HttpMethod.Post, Path + "?token=jti&for=60"),
        ApiCase.Of("revoke", 204, HttpMethod.Post, Path + "?address=192.0.2.1&for=0"),
        ApiCase.Of("revoke", 400, HttpMethod.Post, Path),
        .. Closed("revoke", HttpMethod.Post),
        ApiCase.In(ApiHub.LogFull, "revoke", 507, HttpMethod.Post, Alice + "&for=60"),
        ApiCase.Of("lift", 204, HttpMethod.Delete, Alice).After(RevokeAsync),
        ApiCase.Of("lift", 400, HttpMethod.Delete, Path + "?token=jti&address=192.0.2.1"),
        ApiCase.Of("lift", 404, HttpMethod.Delete, Path + "?claim=role&value=trader"),
        ApiCase.In(ApiHub.LogFull, "lift", 404, HttpMethod.Delete, Alice),
        .. Closed("lift", HttpMethod.Delete),
        ApiCase.Of("listRevocations", 200, HttpMethod.Get, Path).After(RevokeAsync),
        .. Closed("listRevocations", HttpMethod.Get),
        ApiCase.Of("lookAtRevocations", 200, HttpMethod.Head, Path),
        .. Closed("lookAtRevocations", HttpMethod.Head),
    ];

    private static IEnumerable<ApiCase> Closed(string operation, HttpMethod method) =>
    [
        ApiCase.In(ApiHub.Keyed, operation, 401, method, Path),
        ApiCase.In(ApiHub.Keyed, operation, 403, method, Path).With(Keyring.Publisher("/.well-known/mercure/dashboard")),
    ];

    private static async Task RevokeAsync(TestHub hub) => await hub.Hub.RevokeAsync(CallerFilter.User("alice", "i"), TimeProvider.System.GetUtcNow().AddHours(1));
}
