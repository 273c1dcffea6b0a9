using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Siar.Hub;
using Siar.Sockets;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Serves subscribers on bare sockets.</summary>
public static class SocketsHubBuilderExtensions
{
    /// <summary>Whether this system is one on which subscribers can be on bare sockets: Linux on x64 or arm64.</summary>
    public static bool AreSocketsSupported =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>
    /// Has Kestrel listen through a transport whose connections can be handed over: a subscriber over plain HTTP/1.1 leaves the server once its
    /// request has been answered, and costs what the kernel costs. Every other request, and every other subscriber, is served as before. Does nothing on a
    /// system that does not support it.
    /// </summary>
    /// <param name="builder">The hub that is being added.</param>
    /// <param name="configure">Sets options.</param>
    /// <exception cref="InvalidOperationException">The hub is not added to a web application.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static TBuilder UseSockets<TBuilder>(this TBuilder builder, Action<SocketsOptions>? configure = null)
        where TBuilder : HubBuilder
    {
        if (!AreSocketsSupported) return builder;

        var options = new SocketsOptions();
        configure?.Invoke(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Backlog, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Pollers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Pollers, 64);

        // Kestrel asks the factories from the last to the first which of them takes an address. Its own is added only where there is none.
        builder.AddSingleton<IConnectionListenerFactory>(s => new SocketTransportFactory(
            s.GetRequiredService<IOptions<SocketTransportOptions>>(), s.GetRequiredService<ILoggerFactory>()));
        builder.AddSingleton<IConnectionListenerFactory>(s => new SocketTransport(
            options, s.GetRequiredService<IMemoryPoolFactory<byte>>(), s.GetService<TimeProvider>() ?? TimeProvider.System, s.GetRequiredService<ILogger<SocketTransport>>()));
        return builder;
    }
}
