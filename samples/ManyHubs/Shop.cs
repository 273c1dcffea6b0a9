using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using Siar.EntityFrameworkCore;

namespace ManyHubs;

/// <summary>An order. Its id is made by who places it, so that placing it again changes nothing.</summary>
internal sealed class Order
{
    public Guid Id { get; set; }

    public required string What { get; set; }

    public required string State { get; set; }
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Order))]
internal sealed partial class ShopJson : JsonSerializerContext;

/// <summary>The application's database, which is that of the hubs' log as well.</summary>
internal sealed class Shop(DbContextOptions<Shop> options) : DbContext(options)
{
    public const string Topic = "orders";

    public DbSet<Order> Orders => Set<Order>();

    public static void Use(DbContextOptionsBuilder options, string database) => options.UseNpgsql(database, npgsql => npgsql.EnableRetryOnFailure());

    /// <summary>Makes the table. An application of yours has migrations for that.</summary>
    public static async Task PrepareAsync(string database)
    {
        var options = new DbContextOptionsBuilder<Shop>();
        Use(options, database);
        await using var db = new Shop(options.Options);
        await db.Database.ExecuteSqlRawAsync("""CREATE TABLE IF NOT EXISTS "Orders" ("Id" uuid PRIMARY KEY, "What" text NOT NULL, "State" text NOT NULL)""");
    }

    /// <summary>Saves an order in its present state, and publishes that in the same transaction. The key stands for both: a second attempt publishes nothing.</summary>
    public async Task SaveAndPublishAsync(Order order)
    {
        this.PublishEvent(Topic, order, ShopJson.Default.Order, idempotencyKey: $"{order.Id} {order.State}");
        await SaveChangesAsync();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.UseSiarOutbox();
}
