using Microsoft.EntityFrameworkCore;
using Siar.EntityFrameworkCore;
using Siar.Storage.Postgres.Tests.Shared;
using Siar.TestKit;

namespace Siar.Storage.Postgres.Tests.EntityFrameworkCore;

internal sealed class Order
{
    public Guid Id { get; set; } = Guid.NewGuid();

    public string State { get; set; } = "placed";
}

/// <summary>An application's context in the database of a log.</summary>
internal sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.UseSiarOutbox();
}

/// <summary>A log that takes what is published, and an application beside it.</summary>
internal sealed class Shop : IAsyncDisposable
{
    private Shop(string connection, PostgresLog log)
    {
        Connection = connection;
        Log = log;
    }

    public string Connection { get; }

    public PostgresLog Log { get; }

    public static async Task<Shop> OpenAsync()
    {
        // The owner is called as the log's schema is, which would come before the application's own.
        var connection = await Databases.MakeAsync() + ";Search Path=public";
        var shop = new Shop(connection, await TwoHubs.OpenAsync(connection));
        await using var db = shop.NewContext();
        await Databases.ExecuteAsync(connection, db.Database.GenerateCreateScript());
        return shop;
    }

    /// <summary>A context that tries again what may pass.</summary>
    /// <param name="connection">Another way to the database than the direct one.</param>
    public ShopContext NewContext(string? connection = null) =>
        new(new DbContextOptionsBuilder<ShopContext>().UseNpgsql(connection ?? Connection, o => o.EnableRetryOnFailure()).Options);

    /// <summary>The way through a proxy, without a pool, so that each attempt has a connection of its own.</summary>
    public async Task<string> ThroughAsync(TcpProxy proxy) =>
        Connection.Replace($"Port={(await PostgresServer.Shared).Port};", $"Port={proxy.Port};", StringComparison.Ordinal) + ";Pooling=false";

    public ValueTask DisposeAsync() => Log.DisposeAsync();
}
