using System.Text;

namespace Siar.Tool.Tests;

/// <summary>Readers on sample text, from one second to the next.</summary>
public sealed class ReaderTests
{
    [Fact]
    public void A_core_is_as_busy_as_its_share_of_the_time_since_the_last_reading()
    {
        var text = "cpu 100 0 0 900\ncpu0 50 0 0 450\ncpu1 50 0 0 450\n";
        var reader = new CpuReader(() => text);
        Read(reader, 0).ShouldBe("""{"busy":0,"cores":[0,0]}""");

        text = "cpu 175 0 0 1025\ncpu0 125 0 0 475\ncpu1 50 0 0 550\n";

        Read(reader, 1).ShouldBe("""{"busy":0.375,"cores":[0.75,0]}""");
    }

    [Fact]
    public void A_core_that_is_switched_on_begins_at_nothing()
    {
        var text = "cpu 100 0 0 900\ncpu0 100 0 0 900\n";
        var reader = new CpuReader(() => text);
        Read(reader, 0);

        text = "cpu 200 0 0 1000\ncpu0 200 0 0 900\ncpu1 0 0 0 100\n";

        Read(reader, 1).ShouldBe("""{"busy":0.5,"cores":[1,0]}""");
    }

    [Fact]
    public void An_interface_carries_what_its_counters_rose_by_in_a_second()
    {
        var text = Interfaces(received: 1_000, sent: 5_000);
        var reader = new NetworkReader(() => text);
        Read(reader, 0);

        text = Interfaces(received: 3_000, sent: 5_500);

        Read(reader, 2).ShouldBe("""{"interfaces":[{"name":"eth0","received":1000,"sent":250}]}""");
    }

    [Fact]
    public void A_counter_that_begins_anew_is_no_rate()
    {
        var text = Interfaces(received: 1_000, sent: 5_000);
        var reader = new NetworkReader(() => text);
        Read(reader, 0);

        text = Interfaces(received: 10, sent: 20);

        Read(reader, 1).ShouldBe("""{"interfaces":[{"name":"eth0","received":0,"sent":0}]}""");
    }

    [Fact]
    public void A_disk_is_told_and_its_partition_and_the_idle_device_are_not()
    {
        var text = Disks(sectorsRead: 100, sectorsWritten: 1_000, busy: 500);
        var reader = new DiskReader(() => text, name => name != "vda1");
        Read(reader, 0);

        text = Disks(sectorsRead: 102, sectorsWritten: 1_004, busy: 1_250);

        Read(reader, 1).ShouldBe("""{"disks":[{"name":"vda","read":1024,"written":2048,"busy":0.75}]}""");
    }

    private static string Read(IFigureReader reader, double seconds) => Encoding.UTF8.GetString(reader.Read(seconds));

    private static string Interfaces(long received, long sent) => $"""
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
          eth0: {received}  3151    0    0    0     0          0         0  {sent}    3151    0    0    0     0       0          0
          ifb0:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
        """;

    private static string Disks(long sectorsRead, long sectorsWritten, long busy) => $"""
           7       0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
         254       0 vda 10 0 {sectorsRead} 20 30 0 {sectorsWritten} 40 0 {busy} 60 0 0 0 0 0 0
         254       1 vda1 10 0 {sectorsRead} 20 30 0 {sectorsWritten} 40 0 {busy} 60 0 0 0 0 0 0
        """;
}
