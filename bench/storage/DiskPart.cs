using System.Diagnostics;

namespace Siar.Bench.Storage;

/// <summary>The floor: what the disk itself takes to write and sync a small piece, as no log can be faster.</summary>
internal static class DiskPart
{
    private const int Rounds = 500;

    public static void Run(string folder)
    {
        foreach (var bytes in new[] { 4 << 10, 16 << 10, 256 << 10 })
        {
            var times = Measure(Path.Combine(folder, "disk"), bytes);
            Console.WriteLine($"disk: write and sync {bytes >> 10} KiB in place: {Figures.Milliseconds(times)}");
        }
    }

    private static List<TimeSpan> Measure(string path, int bytes)
    {
        var times = new List<TimeSpan>(Rounds);
        var data = new byte[bytes];
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var i = 0; i < Rounds; i++) file.Write(data);
        file.Flush(flushToDisk: true);
        file.Position = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var started = Stopwatch.GetTimestamp();
            file.Write(data);
            file.Flush(flushToDisk: true);
            times.Add(Stopwatch.GetElapsedTime(started));
        }

        return times;
    }
}
