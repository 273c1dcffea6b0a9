using ManyHubs;
using Siar.TestKit;

// Two instances of an application, each with a hub inside, on one log in PostgreSQL, behind a proxy. An order and its event are saved in one transaction;
// a page reads the orders, and then the events from there. Kill either instance while you look at the page: nothing is missing, and nothing comes twice.
//
// This one program is all of it. It starts itself once more for each instance, and a PostgreSQL that it throws away unless one is named:
//     dotnet run --project samples/ManyHubs -- --ConnectionStrings:Shop 'Host=db;Database=shop;Username=shop'
if (Environment.GetEnvironmentVariable(Instance.NameVariable) is { } name)
{
    await ShopApplication.RunAsync(args, name);
    return;
}

var builder = WebApplication.CreateBuilder(args);
await using var server = builder.Configuration.GetConnectionString("Shop") is null ? await PostgresServer.StartAsync("-c", "fsync=off") : null;
var database = builder.Configuration.GetConnectionString("Shop") ?? $"{server!.ConnectionTo("postgres")};Search Path=public";
await Shop.PrepareAsync(database);
await FrontDoor.RunAsync(builder, [new Instance("A", database), new Instance("B", database)]);
