using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HttpOverrides;
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
    /// request has been answered, and costs what the kernel costs. Every other request, and every other subscriber, is served as before, and so is all on a
    /// system that does not support it. Everywhere <see cref="LimitOptions.OpenConnections"/>, <see cref="LimitOptions.OpenConnectionsPerAddress"/> and
    /// <see cref="LimitOptions.FirstByteTimeout"/> hold for all connections of the application from now on.
    /// </summary>
    /// <param name="builder">The hub that is being added.</param>
    /// <param name="configure">Sets options.</param>
    /// <exception cref="InvalidOperationException">The hub is not added to a web application.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static TBuilder UseSockets<TBuilder>(this TBuilder builder, Action<SocketsOptions>? configure = null)
        where TBuilder : HubBuilder
    {
        var options = new SocketsOptions();
        configure?.Invoke(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Backlog, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Pollers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Pollers, 64);

        // Kestrel asks the factories from the last to the first which of them takes an address. Its own is added only where there is none.
        builder.AddSingleton<IConfigureOptions<SocketTransportOptions>>(_ => new ConfigureOptions<SocketTransportOptions>(
            transport => transport.CreateBoundListenSocket = endpoint => ListeningSocket.Bind(endpoint, options.UnixSocketMode)));
        builder.AddSingleton(s => new ConnectionGate(
            s.GetRequiredService<EventHub>().Options.Limits, TrustedBy(s), DescriptorLimit.Raise(), Clock(s), s.GetRequiredService<ILogger<ConnectionGate>>()));
        builder.AddSingleton<IConnectionListenerFactory>(s => new GuardedListenerFactory(
            new SocketTransportFactory(s.GetRequiredService<IOptions<SocketTransportOptions>>(), s.GetRequiredService<ILoggerFactory>()),
            s.GetRequiredService<ConnectionGate>()));
        if (!AreSocketsSupported) return builder;

        builder.AddSingleton<IConnectionListenerFactory>(s => new SocketTransport(
            options, s.GetRequiredService<IMemoryPoolFactory<byte>>(), s.GetRequiredService<ConnectionGate>(), Clock(s), s.GetRequiredService<ILogger<SocketTransport>>()));
        return builder;
    }

    private static TimeProvider Clock(IServiceProvider services) => services.GetService<TimeProvider>() ?? TimeProvider.System;

    // Whom the application believes about other addresses than their own; it names nobody unless it reads forwarded headers.
    private static IReadOnlyList<System.Net.IPNetwork> TrustedBy(IServiceProvider services)
    {
        if (services.GetService<IOptions<ForwardedHeadersOptions>>()?.Value is not { } forwarded || !forwarded.ForwardedHeaders.HasFlag(ForwardedHeaders.XForwardedFor)) return [];
        return [.. forwarded.KnownIPNetworks, .. forwarded.KnownProxies.Select(p => new System.Net.IPNetwork(p, p.GetAddressBytes().Length * 8))];
    }
}
