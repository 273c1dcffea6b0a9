using System.Collections.Immutable;
using System.Text;
using Siar.Hub;
using Siar.TestKit;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Postgres.Tests.Shared;

/// <summary>Two hubs' logs over one log in a database of its own.</summary>
internal sealed class TwoHubs : IAsyncDisposable
{
    private TwoHubs(string connection, PostgresLog a, PostgresLog b)
    {
        Connection = connection;
        A = a;
        B = b;
    }

    public string Connection { get; }

    public PostgresLog A { get; }

    public PostgresLog B { get; }

    public static Task<TwoHubs> OpenAsync(RetentionLimits? limits = null, TimeProvider? clockOfA = null, TimeProvider? clockOfB = null) =>
        OpenAsync(null, limits, clockOfA, clockOfB);

    /// <summary>The first hub comes to the database through a proxy's port.</summary>
    public static async Task<TwoHubs> OpenAsync(TcpProxy? proxy, RetentionLimits? limits = null, TimeProvider? clockOfA = null, TimeProvider? clockOfB = null)
    {
        var connection = await Databases.MakeAsync();
        var b = await OpenAsync(connection, limits, clockOfB);
        var throughProxy = proxy is null ? connection : connection.Replace($"Port={(await PostgresServer.Shared).Port};", $"Port={proxy.Port};", StringComparison.Ordinal);
        return new TwoHubs(connection, await OpenAsync(throughProxy, limits, clockOfA), b);
    }

    public static Task<PostgresLog> OpenAsync(string connection, RetentionLimits? limits = null, TimeProvider? clock = null, Action<PostgresLogOptions>? configure = null)
    {
        var options = new PostgresLogOptions { Clock = clock };
        configure?.Invoke(options);
        return PostgresLog.OpenAsync(connection, options, new RetentionPlan(limits ?? new RetentionLimits(null, null, null), []), TimeProvider.System);
    }

    public static Event Content(string topic, string data = "x", string? id = null, string? key = null) =>
        new([Topic.Parse(topic)], Encoding.UTF8.GetBytes(data)) { Id = id is null ? default : EventId.Parse(id), Key = key };

    public static async Task<Appended> AppendAsync(PostgresLog log, Event content, IdempotencyKey? key = null, PublishCondition? condition = null) =>
        (await log.AppendAsync([new Append([content]) { Idempotency = key, Condition = condition }]))[0];

    /// <summary>What a hub's follower gets behind a position, until so many events have come.</summary>
    public static async Task<ImmutableArray<LoggedEvent>> FollowAsync(PostgresLog log, long after, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var events = ImmutableArray.CreateBuilder<LoggedEvent>();
        while (events.Count < count)
        {
            var page = await log.ReadTailAsync(after, patience.Token);
            events.AddRange(page.Events);
            after = page.ReadThrough;
        }

        return events.DrainToImmutable();
    }

    public static string Texts(IEnumerable<LoggedEvent> events) => string.Join(' ', events.Select(e => e.Content.GetText()));

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
    }
}
