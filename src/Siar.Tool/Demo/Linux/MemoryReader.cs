using System.Text.Json;

namespace Siar.Tool;

/// <summary>How much memory is in use.</summary>
internal sealed class MemoryReader : IFigureReader
{
    public string Name => "memory";

    public byte[] Read(double seconds) =>
        JsonSerializer.SerializeToUtf8Bytes(ProcMeminfo.Parse(File.ReadAllText("/proc/meminfo")), FiguresJson.Default.MemoryFigures);
}
