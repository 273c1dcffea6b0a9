using Siar.AspNetCore;
using Siar.Sockets;

namespace Siar.Tool;

/// <summary>How streams over plain HTTP/1.1 are served.</summary>
internal enum StreamTransport
{
    /// <summary>On bare sockets where the system can.</summary>
    Auto,

    /// <summary>On bare sockets.</summary>
    Sockets,

    /// <summary>By the web server.</summary>
    Portable,
}

/// <summary>Reads, names and sets up transports.</summary>
internal static class StreamTransports
{
    public static StreamTransport Parse(SettingValue value) => value.Text switch
    {
        "auto" => StreamTransport.Auto,
        "portable" => StreamTransport.Portable,
        "sockets" when SocketsHubBuilderExtensions.AreSocketsSupported => StreamTransport.Sockets,
        "sockets" => throw value.Wrong("bare sockets are there on Linux only (x64 and arm64): write auto or portable"),
        _ => throw value.Wrong($"'{value.Text}' is not a transport: write auto, sockets or portable"),
    };

    public static string NameOf(StreamTransport transport) => transport switch
    {
        StreamTransport.Sockets => "sockets",
        StreamTransport.Portable => "portable",
        _ => "auto",
    };

    public static string Describe(ServeSettings settings) =>
        settings.Urls.All(u => u.IsHttps) ? "by the web server, with TLS"
        : !OnSockets(settings) ? "by the web server"
        : settings.Urls.Any(u => u.IsHttps) ? "plain HTTP/1.1 on bare sockets, https and HTTP/2 by the web server"
        : "plain HTTP/1.1 on bare sockets, the rest by the web server";

    public static void UseTransport(this SiarBuilder hub, ServeSettings settings)
    {
        hub.UseSockets(sockets => Configure(sockets, settings));
    }

    // The process is the hub's own: it may stand still for a moment to give memory back, and no request of it blocks.
    private static void Configure(SocketsOptions sockets, ServeSettings settings)
    {
        sockets.UnixSocketMode = settings.UnixSocketMode;
        if (!OnSockets(settings))
        {
            // The server's own sockets take all; what guards connections is there all the same.
            (sockets.Takes, sockets.UsesIoUring) = (static _ => false, false);
            return;
        }

        sockets.CollectsAfterBursts = true;
        sockets.ServesOnPollers = Environment.ProcessorCount == 1;
        sockets.UsesIoUring = settings.IoUring;
    }

    private static bool OnSockets(ServeSettings settings) =>
        settings.Transport is not StreamTransport.Portable && SocketsHubBuilderExtensions.AreSocketsSupported;
}
