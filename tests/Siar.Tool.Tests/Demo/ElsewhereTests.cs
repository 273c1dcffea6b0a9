using System.Text.Json;

namespace Siar.Tool.Tests;

public sealed class ElsewhereTests
{
    [Fact]
    public void The_runtime_knows_the_memory()
    {
        GC.Collect();

        var figures = JsonSerializer.Deserialize(new RuntimeMemoryReader().Read(1), FiguresJson.Default.MemoryFigures)!;

        figures.Total.ShouldBeGreaterThan(0);
        figures.Used.ShouldBeInRange(1, figures.Total);
    }

    [Fact]
    public void The_runtime_knows_the_network_interfaces() =>
        JsonSerializer.Deserialize(new InterfaceReader().Read(1), FiguresJson.Default.NetworkFigures)!.Interfaces.ShouldNotBeNull();

    [Fact]
    public void The_process_knows_itself()
    {
        var figures = JsonSerializer.Deserialize(new ProcessReader(TimeProvider.System).Read(1), FiguresJson.Default.ProcessFigures)!;

        figures.Memory.ShouldBeGreaterThan(0);
        figures.Threads.ShouldBeGreaterThan(0);
    }
}
