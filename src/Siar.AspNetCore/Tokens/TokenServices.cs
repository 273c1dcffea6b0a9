using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Siar.AspNetCore;

/// <summary>Registers what tokens need.</summary>
internal static class TokenServices
{
    // What a request's other header fields may take.
    private const int OtherHeaders = 32 << 10;

    // A thousand topics, or a token of 0.x, stand in the query.
    private const int RequestLine = 64 << 10;

    public static void AddTokens(this IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(TokenAuthority))) return;
        services.AddOptions<TokenOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<TokenOptions>, TokenOptionsValidator>();
        services.AddSingleton<IValidateOptions<TokenOptions>, TokenOptionsConsistency>();
        services.AddSingleton<TokenAuthority>();
        services.AddSingleton<TokenAccess>();
        services.AddSingleton<ResourceMetadata>();
        services.AddSingleton<IHttpContextFactory, TokenHidingContextFactory>();
        services.AddSingleton<IPostConfigureOptions<KestrelServerOptions>>(s => new HeaderRoom(s.GetRequiredService<IOptions<TokenOptions>>()));
    }

    /// <summary>Makes room in the server for the largest token that is accepted, and for long queries. Nothing is made smaller.</summary>
    private sealed class HeaderRoom(IOptions<TokenOptions> tokens) : IPostConfigureOptions<KestrelServerOptions>
    {
        public void PostConfigure(string? name, KestrelServerOptions options)
        {
            var limits = options.Limits;
            var headers = tokens.Value.Limits.MaxLength + OtherHeaders;
            limits.MaxRequestLineSize = Math.Max(limits.MaxRequestLineSize, RequestLine);
            limits.MaxRequestHeadersTotalSize = Math.Max(limits.MaxRequestHeadersTotalSize, headers);
            limits.Http2.MaxRequestHeaderFieldSize = Math.Max(limits.Http2.MaxRequestHeaderFieldSize, headers);
            // The server insists that what it reads ahead holds either.
            if (limits.MaxRequestBufferSize is { } buffer) limits.MaxRequestBufferSize = Math.Max(buffer, Math.Max(headers, RequestLine));
        }
    }
}
