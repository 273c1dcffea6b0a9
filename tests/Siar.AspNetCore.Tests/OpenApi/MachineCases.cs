namespace Siar.AspNetCore.Tests.OpenApi;

/// <summary>What machines ask.</summary>
internal static class MachineCases
{
    private const string Metadata = "/.well-known/oauth-protected-resource/.well-known/mercure";

    public static IEnumerable<ApiCase> All =>
    [
        ApiCase.In(ApiHub.Keyed, "describeResource", 200, HttpMethod.Get, Metadata),
        ApiCase.In(ApiHub.Keyed, "lookAtResource", 200, HttpMethod.Head, Metadata),
        ApiCase.Of("isLive", 200, HttpMethod.Get, "/health/live"),
        ApiCase.Of("lookIfLive", 200, HttpMethod.Head, "/health/live"),
        ApiCase.In(ApiHub.Failed, "isLive", 503, HttpMethod.Get, "/health/live"),
        ApiCase.In(ApiHub.Failed, "lookIfLive", 503, HttpMethod.Head, "/health/live"),
        ApiCase.Of("isReady", 200, HttpMethod.Get, "/health/ready"),
        ApiCase.In(ApiHub.Draining, "isReady", 503, HttpMethod.Get, "/health/ready"),
        ApiCase.In(ApiHub.Failed, "isReady", 503, HttpMethod.Get, "/health/ready"),
        ApiCase.Of("lookIfReady", 200, HttpMethod.Head, "/health/ready"),
        ApiCase.In(ApiHub.Draining, "lookIfReady", 503, HttpMethod.Head, "/health/ready"),
        .. Guarded("metrics", HttpMethod.Get),
        .. Guarded("lookAtMetrics", HttpMethod.Head),
        ApiCase.Of("openapi", 200, HttpMethod.Get, "/openapi.json"),
        ApiCase.Of("lookAtOpenapi", 200, HttpMethod.Head, "/openapi.json"),
    ];

    private static IEnumerable<ApiCase> Guarded(string operation, HttpMethod method) =>
    [
        ApiCase.Of(operation, 200, method, "/metrics"),
        ApiCase.In(ApiHub.Keyed, operation, 200, method, "/metrics").With(Keyring.Subscriber("/.well-known/mercure/metrics")),
        ApiCase.In(ApiHub.Keyed, operation, 401, method, "/metrics"),
        ApiCase.In(ApiHub.Keyed, operation, 403, method, "/metrics").With(Keyring.Subscriber("other")),
    ];
}
