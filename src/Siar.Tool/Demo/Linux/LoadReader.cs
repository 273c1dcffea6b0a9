using System.Text.Json;

namespace Siar.Tool;

/// <summary>How many tasks run or want to.</summary>
internal sealed class LoadReader : IFigureReader
{
    public string Name => "load";

    public byte[] Read(double seconds) =>
        JsonSerializer.SerializeToUtf8Bytes(ProcLoadavg.Parse(File.ReadAllText("/proc/loadavg")), FiguresJson.Default.LoadFigures);
}
