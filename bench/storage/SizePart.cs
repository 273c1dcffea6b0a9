
namespace Siar.Bench.Storage;

/// <summary>What a million events of 100 bytes take on the disk.</summary>
internal static class SizePart
{
    public static async Task RunAsync(string folder)
    {
        foreach (var topics in new[] { 100, 100_000 })
        {
            var path = Path.Combine(folder, $"size-{topics}.db");
            await using (var log = BigLog.Open(path)) await BigLog.FillAsync(log, topics);
            Console.WriteLine($"size: {BigLog.Events:N0} events of 100 bytes on {topics:N0} topics: {new FileInfo(path).Length / 1e6:F0} MB");
            File.Delete(path);
        }
    }
}
