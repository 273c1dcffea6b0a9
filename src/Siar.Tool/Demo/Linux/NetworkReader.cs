using System.Text.Json;

namespace Siar.Tool;

/// <summary>What each network interface carries. One that never carried anything is left out.</summary>
internal sealed class NetworkReader(Func<string> read) : IFigureReader
{
    private readonly Rates _rates = new();

    public NetworkReader()
        : this(() => File.ReadAllText("/proc/net/dev"))
    {
    }

    public string Name => "network";

    public byte[] Read(double seconds)
    {
        var interfaces = ProcNetDev.Parse(read())
            .Where(d => d.Received + d.Sent > 0)
            .Select(d => new InterfaceFigures(
                d.Name,
                _rates.PerSecond(d.Name + "/received", d.Received, seconds),
                _rates.PerSecond(d.Name + "/sent", d.Sent, seconds)));
        return JsonSerializer.SerializeToUtf8Bytes(new NetworkFigures([.. interfaces]), FiguresJson.Default.NetworkFigures);
    }
}
