namespace Siar.Bench.Transports;

/// <summary>A way in which a client can get the feed.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Title">What it is called in the report.</param>
/// <param name="Path">Where the server has it.</param>
internal sealed record Transport(string Name, string Title, string Path)
{
    public const string Polling = "polling";

    public static IReadOnlyList<Transport> All { get; } =
    [
        new("sse-sockets", "Siar, SSE, bare sockets", "/sse"),
        new("sse", "Siar, SSE, web server", "/sse"),
        new("websocket", "WebSocket", "/ws"),
        new("long-polling", "Long polling", "/long-poll"),
        new(Polling, "Polling, every second", "/poll"),
    ];

    public bool IsOnBareSockets => Name == "sse-sockets";

    public static Transport? Find(string name) => All.FirstOrDefault(t => t.Name == name);
}
