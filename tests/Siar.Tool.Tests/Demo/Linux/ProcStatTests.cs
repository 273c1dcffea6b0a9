namespace Siar.Tool.Tests;

public sealed class ProcStatTests
{
    private const string Sample = """
        cpu  1000 20 300 8000 100 0 50 30 400 0
        cpu0 600 10 200 3900 60 0 40 20 400 0
        cpu1 400 10 100 4100 40 0 10 10 0 0
        intr 114930548 113199788 3 0 5
        ctxt 1990473
        btime 1062191376
        """;

    [Fact]
    public void Busy_time_is_all_but_idling_and_waiting_and_guests_count_once()
    {
        ProcStat.Parse(Sample).ShouldBe(
        [
            new ProcStat("cpu", Busy: 1_400, Total: 9_500),
            new ProcStat("cpu0", Busy: 870, Total: 4_830),
            new ProcStat("cpu1", Busy: 530, Total: 4_670),
        ]);
    }

    [Fact]
    public void An_old_kernel_tells_four_fields() =>
        ProcStat.Parse("cpu 1 2 3 4\n").ShouldBe([new ProcStat("cpu", Busy: 6, Total: 10)]);
}
