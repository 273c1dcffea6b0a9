namespace Siar.Tool.Tests;

public sealed class ProcTextTests
{
    [Fact]
    public void Memory_that_is_available_is_not_used()
    {
        const string Text = """
            MemTotal:       24684092 kB
            MemFree:        20000000 kB
            MemAvailable:   22684092 kB
            Buffers:           12345 kB
            Cached:          1000000 kB
            SwapCached:            0 kB
            SwapTotal:       2097148 kB
            SwapFree:        2097144 kB
            HugePages_Total:       0
            """;

        ProcMeminfo.Parse(Text).ShouldBe(new MemoryFigures(
            Total: 24_684_092L << 10, Used: 2_000_000L << 10, Cached: 1_000_000L << 10, SwapTotal: 2_097_148L << 10, SwapUsed: 4L << 10));
    }

    [Fact]
    public void Load_is_three_averages_and_the_tasks_of_now() =>
        ProcLoadavg.Parse("11.99 10.75 8.52 24/478 32000\n").ShouldBe(new LoadFigures(11.99, 10.75, 8.52, 24, 478));

    [Fact]
    public void An_interface_without_a_space_after_its_name_is_read() =>
        ProcNetDev.Parse("  eth0:123 1 0 0 0 0 0 0 456 1 0 0 0 0 0 0\n").ShouldBe([new ProcNetDev("eth0", 123, 456)]);

    [Fact]
    public void An_alias_keeps_its_colon() =>
        ProcNetDev.Parse("eth0:1: 5 1 0 0 0 0 0 0 6 1 0 0 0 0 0 0\n").ShouldBe([new ProcNetDev("eth0:1", 5, 6)]);

    [Fact]
    public void Disks_are_counted_in_sectors_of_512_bytes() =>
        ProcDiskstats.Parse(" 8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n").ShouldBe([new ProcDiskstats("sda", 1_536, 3_584, 10)]);

    [Fact]
    public void A_line_that_is_too_short_for_a_disk_is_passed_over() => ProcDiskstats.Parse(" 8 1 sda1 1 2 3 4\n\n").ShouldBeEmpty();

    [Fact]
    public void This_machine_is_read()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux has /proc.");
        foreach (var reader in new IFigureReader[] { new CpuReader(), new MemoryReader(), new NetworkReader(), new LoadReader() })
        {
            reader.Read(0).ShouldNotBeEmpty();
        }
    }
}
