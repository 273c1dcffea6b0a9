using System.Diagnostics;
using System.Text.Json;

namespace Siar.Tool;

/// <summary>What this process takes of the machine.</summary>
internal sealed class ProcessReader(TimeProvider time) : IFigureReader
{
    private readonly long _start = time.GetTimestamp();
    private readonly Rates _rates = new();

    public string Name => "process";

    public byte[] Read(double seconds)
    {
        using var process = Process.GetCurrentProcess();
        var figures = new ProcessFigures(
            _rates.PerSecond("cpu", process.TotalProcessorTime.TotalSeconds, seconds),
            process.WorkingSet64,
            GC.GetTotalMemory(forceFullCollection: false),
            process.Threads.Count,
            (long)time.GetElapsedTime(_start).TotalSeconds);
        return JsonSerializer.SerializeToUtf8Bytes(figures, FiguresJson.Default.ProcessFigures);
    }
}
