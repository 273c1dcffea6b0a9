namespace Siar.Tool;

/// <summary>What a block device has done: <c>/proc/diskstats</c>, see the kernel's admin-guide/iostats.</summary>
internal readonly record struct ProcDiskstats(string Name, long ReadBytes, long WrittenBytes, long BusyMilliseconds)
{
    private const int NameField = 2;
    private const int SectorsReadField = 5;
    private const int SectorsWrittenField = 9;
    private const int BusyField = 12;

    /// <summary>The file counts in sectors of 512 bytes, whatever the device's own are.</summary>
    private const int SectorBytes = 512;

    public static List<ProcDiskstats> Parse(string text)
    {
        var found = new List<ProcDiskstats>();
        foreach (var line in text.Split('\n'))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length <= BusyField) continue;
            found.Add(new ProcDiskstats(
                fields[NameField],
                long.Parse(fields[SectorsReadField]) * SectorBytes,
                long.Parse(fields[SectorsWrittenField]) * SectorBytes,
                long.Parse(fields[BusyField])));
        }

        return found;
    }
}
