using Siar.Bench.Load.Runs;
using Siar.Bench.Transports;

namespace Siar.Bench.Tests;

/// <summary>The comparison of transports, small, so that it does not rot. No figure of it means anything.</summary>
public sealed class TransportsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("siar-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Every_transport_delivers_every_event_and_has_its_row_in_the_report()
    {
        List<RunResult> results = [];
        foreach (var transport in Transport.All) results.Add(await TransportRun.RunAsync(transport, 10, 2));

        var page = await File.ReadAllTextAsync(await Report.WriteAsync(results, 2, _folder, "transports"));

        results.ShouldAllBe(r => r.Failure == null);
        results.ShouldAllBe(r => r.Figure("delivered") == 20);
        foreach (var transport in Transport.All) page.ShouldContain($"| {transport.Title} | ");
        File.Exists(Path.Combine(_folder.FullName, "transports", "kiB.svg")).ShouldBeTrue();
    }
}
