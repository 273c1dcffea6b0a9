using System.Text.Json;

namespace Siar.Tool;

/// <summary>What each disk does. Partitions are left out, for their disk has counted the same, and so is what never did anything.</summary>
internal sealed class DiskReader(Func<string> read, Func<string, bool> isDisk) : IFigureReader
{
    private readonly Rates _rates = new();

    public DiskReader()
        : this(() => File.ReadAllText("/proc/diskstats"), name => Directory.Exists("/sys/block/" + name))
    {
    }

    public string Name => "disk";

    public byte[] Read(double seconds)
    {
        var disks = ProcDiskstats.Parse(read())
            .Where(d => d.ReadBytes + d.WrittenBytes > 0 && isDisk(d.Name))
            .Select(d => new DeviceFigures(
                d.Name,
                _rates.PerSecond(d.Name + "/read", d.ReadBytes, seconds),
                _rates.PerSecond(d.Name + "/written", d.WrittenBytes, seconds),
                Math.Min(1, _rates.PerSecond(d.Name + "/busy", d.BusyMilliseconds / 1_000d, seconds))));
        return JsonSerializer.SerializeToUtf8Bytes(new DiskFigures([.. disks]), FiguresJson.Default.DiskFigures);
    }
}
