using Siar.ContractService;
using Siar.TestKit;

namespace Siar.Client.Tests;

/// <summary>The client in this process, on a clock that stands still, with a server without a network.</summary>
internal sealed class ClientInMemory : ClientUnderTest
{
    private readonly MemoryServer _server = new();
    private readonly ManualTimeProvider _time = new();
    private DrivenClient? _client;

    public override Uri Url => MemoryServer.Url;

    public override Task OpenAsync(OpenRequest request)
    {
        _client = new DrivenClient(_server.Client(), request, _time);
        return Task.CompletedTask;
    }

    public override async Task<ServedRequest> RequestAsync() => await _server.NextAsync();

    public override async Task<Report> ReportAsync() => await _client!.Reports.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience.Time);

    public override Task RestartAsync()
    {
        _client!.Restart();
        return Task.CompletedTask;
    }

    public override async Task SilenceAsync(TimeSpan time)
    {
        await Patience.UntilAsync(() => _time.TimerCount > 0);
        _time.Advance(time);
    }

    public override async Task<IReadOnlyList<Report>> CloseAsync()
    {
        await _client!.DisposeAsync();
        List<Report> rest = [];
        while (_client.Reports.TryRead(out var report)) rest.Add(report);
        return rest;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
        _server.Dispose();
    }
}
