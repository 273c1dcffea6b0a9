namespace Siar.Bench.Storage;

/// <summary>
/// Measures the durable log where it lies: <c>dotnet run -c Release --project bench/storage -- FOLDER [throughput|resume|size|storm|disk]</c>.
/// The folder says which disk is measured; without a part, all are.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is [] or ["-h" or "--help"])
        {
            await Console.Error.WriteLineAsync("Give the folder on the disk to measure, and perhaps a part: disk, throughput, size, resume, storm.");
            return 2;
        }

        var folder = Directory.CreateDirectory(Path.Combine(arguments[0], "siar-bench"));
        try
        {
            if (Wants("disk")) DiskPart.Run(folder.FullName);
            if (Wants("throughput")) await ThroughputPart.RunAsync(folder.FullName);
            if (Wants("size")) await SizePart.RunAsync(folder.FullName);
            if (Wants("resume")) await ResumePart.RunAsync(folder.FullName);
            if (Wants("storm")) await StormPart.RunAsync(folder.FullName);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        bool Wants(string part) => arguments.Length == 1 || arguments.Contains(part);
    }
}
