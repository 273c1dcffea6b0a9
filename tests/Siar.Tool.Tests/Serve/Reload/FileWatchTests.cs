using Siar.TestKit;

namespace Siar.Tool.Tests;

public sealed class FileWatchTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_change_is_asked_about_once_and_only_when_the_file_rests()
    {
        var link = _folder.File("settings");
        await File.WriteAllTextAsync(_folder.File("first"), "a", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder.File("second"), "b", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(link, _folder.File("first"));
        var time = new ManualTimeProvider();
        using var requests = new ReloadRequests();
        var asked = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var looks = 0;
        // Each look reads the list of files once.
        var watching = new FileWatch(() => { Interlocked.Increment(ref looks); return [link]; }, requests, time).RunAsync(stop.Token);
        var reading = CountAsync();

        await LookAsync();
        // The link leads elsewhere now, as a volume's does.
        File.Delete(link);
        File.CreateSymbolicLink(link, _folder.File("second"));
        await LookAsync();
        asked.ShouldBe(0);
        await LookAsync();
        await LookAsync();
        await stop.CancelAsync();
        await Task.WhenAny(watching);
        await Task.WhenAny(reading);

        asked.ShouldBe(1);

        async Task CountAsync()
        {
            await foreach (var _ in requests.ReadAllAsync(stop.Token)) asked++;
        }

        async Task LookAsync()
        {
            var before = Volatile.Read(ref looks);
            while (Volatile.Read(ref looks) == before)
            {
                time.Advance(TimeSpan.FromSeconds(2));
                await Task.Yield();
            }
        }
    }
}
