using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Siar.AspNetCore;

/// <summary>Registers what tokens need.</summary>
internal static class TokenServices
{
    // What a request's other header fields may take.
    private const int OtherHeaders = 32 << 10;

    public static void AddTokens(this IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(TokenAuthority))) return;
        services.AddOptions<TokenOptions>().ValidateOnStart();
        services.Configure<SiarOptions>(static options => options.HasTokens = true);
        services.AddSingleton<IValidateOptions<TokenOptions>, TokenOptionsValidator>();
        services.AddSingleton<IValidateOptions<TokenOptions>, TokenOptionsConsistency>();
        services.AddSingleton<TokenAuthority>();
        services.AddSingleton<TokenAccess>();
        services.AddSingleton<ResourceMetadata>();
        services.AddSingleton<IHttpContextFactory, TokenHidingContextFactory>();
        services.AddSingleton<IPostConfigureOptions<KestrelServerOptions>>(s => new HeaderRoom(s.GetRequiredService<IOptions<TokenOptions>>()));
    }

    /// <summary>Makes room in the server for the largest token that is accepted. Nothing is made smaller.</summary>
    private sealed class HeaderRoom(IOptions<TokenOptions> tokens) : IPostConfigureOptions<KestrelServerOptions>
    {
        public void PostConfigure(string? name, KestrelServerOptions options)
        {
            var limits = options.Limits;
            var headers = tokens.Value.Limits.MaxLength + OtherHeaders;
            limits.MaxRequestHeadersTotalSize = Math.Max(limits.MaxRequestHeadersTotalSize, headers);
            limits.Http2.MaxRequestHeaderFieldSize = Math.Max(limits.Http2.MaxRequestHeaderFieldSize, headers);
            // The server insists that what it reads ahead holds them.
            if (limits.MaxRequestBufferSize is { } buffer) limits.MaxRequestBufferSize = Math.Max(buffer, headers);
        }
    }
}
