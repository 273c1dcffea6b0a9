using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Siar.AspNetCore;

/// <summary>
/// Has the server read header fields with <see cref="HeaderEncoding"/>: it would answer 400 to a byte that is not UTF-8 before any endpoint is
/// known. An application that has chosen for itself keeps its choice.
/// </summary>
internal sealed class HeaderReading : IPostConfigureOptions<KestrelServerOptions>
{
    private static readonly Func<string, System.Text.Encoding?> Usual = new KestrelServerOptions().RequestHeaderEncodingSelector;

    public void PostConfigure(string? name, KestrelServerOptions options)
    {
        if (ReferenceEquals(options.RequestHeaderEncodingSelector, Usual)) options.RequestHeaderEncodingSelector = static _ => HeaderEncoding.Instance;
    }
}
