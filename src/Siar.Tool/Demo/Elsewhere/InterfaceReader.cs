using System.Net.NetworkInformation;
using System.Text.Json;

namespace Siar.Tool;

/// <summary>What each network interface carries, as far as the runtime knows it on any system.</summary>
internal sealed class InterfaceReader : IFigureReader
{
    private readonly Rates _rates = new();

    public string Name => "network";

    public byte[] Read(double seconds)
    {
        var interfaces = new List<InterfaceFigures>();
        foreach (var device in NetworkInterface.GetAllNetworkInterfaces())
        {
            var counters = device.GetIPStatistics();
            if (counters.BytesReceived + counters.BytesSent == 0) continue;
            interfaces.Add(new InterfaceFigures(
                device.Name,
                _rates.PerSecond(device.Id + "/received", counters.BytesReceived, seconds),
                _rates.PerSecond(device.Id + "/sent", counters.BytesSent, seconds)));
        }

        return JsonSerializer.SerializeToUtf8Bytes(new NetworkFigures(interfaces), FiguresJson.Default.NetworkFigures);
    }
}
