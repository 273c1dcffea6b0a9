using Siar.Hub;
using Siar.TestKit;

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

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
    }
}
