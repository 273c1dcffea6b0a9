using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Siar.AspNetCore;

/// <summary>Makes room in the server for the largest token that is accepted. Nothing is made smaller.</summary>
internal sealed class TokenHeaderRoom(IOptions<TokenOptions> tokens) : IPostConfigureOptions<KestrelServerOptions>
{
    // What a request's other header fields may take.
    private const int OtherHeaders = 32 << 10;

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
