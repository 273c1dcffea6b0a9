using Microsoft.EntityFrameworkCore;
using Npgsql;
using Siar.EntityFrameworkCore;

namespace ManyHubs;

/// <summary>The application. It knows of no other instance.</summary>
internal static class ShopApplication
{
    private static readonly string[] States = ["placed", "paid", "sent"];

    public static async Task RunAsync(string[] args, string name)
    {
        var builder = WebApplication.CreateBuilder(args);
        var database = builder.Configuration.GetConnectionString("Shop")!;
        builder.WebHost.UseStaticWebAssets();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddDbContext<Shop>(o => Shop.Use(o, database));
        builder.Services.AddSiar().UsePostgres(database);
        await using var app = builder.Build();

        app.MapStaticAssets();
        app.MapFallbackToFile("index.html");
        app.MapEvents("/live", Shop.Topic);
        app.MapGet("/orders", async (Shop db, CancellationToken stop) =>
        {
            var (orders, id, _) = await db.ReadAtEventAsync(read => db.Orders.AsNoTracking().ToListAsync(read), [Shop.Topic], cancellationToken: stop);
            return new { instance = name, orders, lastEventId = id.Value };
        });
        app.MapPut("/orders/{id:guid}", async (Guid id, string what, Shop db) =>
        {
            if (await db.Orders.AnyAsync(o => o.Id == id)) return Results.NoContent();
            var order = new Order { Id = id, What = what, State = States[0] };
            db.Add(order);
            try
            {
                await db.SaveAndPublishAsync(order);
            }
            catch (DbUpdateException failure) when (failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
            {
                // It is there: an attempt before has come through, although nobody heard of it.
            }

            return Results.NoContent();
        });
        app.MapPut("/orders/{id:guid}/{state}", async (Guid id, string state, Shop db) =>
        {
            if (!States.Contains(state)) return Results.BadRequest($"An order is {string.Join(", ", States)}.");
            if (await db.Orders.FindAsync(id) is not { } order) return Results.NotFound();
            order.State = state;
            await db.SaveAndPublishAsync(order);
            return Results.NoContent();
        });

        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        await WaitForEndOfInputAsync();
        await app.StopAsync();
    }

    // Who has started this process is gone then, in whatever way.
    private static async Task WaitForEndOfInputAsync()
    {
        while (await Console.In.ReadLineAsync() is not null)
        {
        }
    }
}
