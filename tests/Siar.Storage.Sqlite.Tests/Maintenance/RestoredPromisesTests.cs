using Siar.Hub;
using Siar.Topics;

namespace Siar.Storage.Sqlite.Tests.Maintenance;

/// <summary>What a restored log knows besides its events: keys of publishes, closed topics, the newest of each key.</summary>
public sealed class RestoredPromisesTests : IDisposable
{
    private static readonly Topic Kept = Topic.Parse("kept");
    private static readonly Topic Closed = Topic.Parse("closed");

    private readonly LogFolder _folder = new();

    [Fact]
    public async Task A_restored_log_keeps_its_promises()
    {
        var limits = new RetentionLimits(2, null, null);
        var once = new Append([new Event(Kept, "once")]) { Idempotency = new IdempotencyKey("", "k", 7, TimeSpan.FromHours(1)) };
        LoggedEvent first;
        await using (var log = _folder.Open(limits: limits))
        {
            first = (await log.AppendAsync([once]))[0].Events[0];
            await log.AppendAsync([new Append([new Event(Kept, "state") { Key = "x" }]), new Append([Event.Closing(Closed, isPrivate: true)])]);
            await LogFolder.AppendAsync(log, 5);
            await log.MaintainOnceAsync();
        }

        SqliteLogFile.Restore(_folder.Path, _folder.Path, _folder.Time);

        await using var restored = _folder.Open(limits: limits);
        var batch = await restored.AppendAsync([once, new Append([new Event(Closed, "late")])]);
        batch[0].IsRepeat.ShouldBeTrue();
        batch[0].Events[0].Id.ShouldBe(first.Id);
        batch[1].Refusal.ShouldBe(PublishRefusal.TopicClosed);
        restored.FindClosing(Closed)!.Value.IsPrivate.ShouldBeTrue();
        var state = await restored.ReadAsync(new LogQuery(0, MatcherSet.OfTopics(Kept), 10, 1_000) { Selection = new EventSelection(0, MatcherSet.None, restored.Head) });
        state.Events.ShouldHaveSingleItem().Content.GetText().ShouldBe("state");
    }

    public void Dispose() => _folder.Dispose();
}
