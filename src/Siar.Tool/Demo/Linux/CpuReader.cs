using System.Text.Json;

namespace Siar.Tool;

/// <summary>How busy each processor was since the last reading.</summary>
internal sealed class CpuReader(Func<string> read) : IFigureReader
{
    private Dictionary<string, ProcStat> _last = [];

    public CpuReader()
        : this(() => File.ReadAllText("/proc/stat"))
    {
    }

    public string Name => "cpu";

    public byte[] Read(double seconds)
    {
        var now = ProcStat.Parse(read());
        var last = _last;
        _last = now.ToDictionary(s => s.Name);
        var cores = now.Where(s => s.Name != "cpu").Select(s => Share(s, last)).ToList();
        var figures = new CpuFigures(Share(_last["cpu"], last), cores);
        return JsonSerializer.SerializeToUtf8Bytes(figures, FiguresJson.Default.CpuFigures);
    }

    private static double Share(ProcStat now, Dictionary<string, ProcStat> last)
    {
        if (!last.TryGetValue(now.Name, out var before) || now.Total <= before.Total) return 0;
        // The system's own idle count can step back a little, so the share is held within its range.
        return Math.Round(Math.Clamp((double)(now.Busy - before.Busy) / (now.Total - before.Total), 0, 1), 3);
    }
}
