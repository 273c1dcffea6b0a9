using System.Text.Json;

namespace Siar.Tool;

/// <summary>How much memory is in use, as far as the runtime knows it on any system: as of its last collection.</summary>
internal sealed class RuntimeMemoryReader : IFigureReader
{
    public string Name => "memory";

    public byte[] Read(double seconds)
    {
        var memory = GC.GetGCMemoryInfo();
        var figures = new MemoryFigures(memory.TotalAvailableMemoryBytes, memory.MemoryLoadBytes, 0, 0, 0);
        return JsonSerializer.SerializeToUtf8Bytes(figures, FiguresJson.Default.MemoryFigures);
    }
}
