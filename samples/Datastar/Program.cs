using Datastar;

// Datastar's patches, published through a hub: the answer to a click tells one page nothing, the patch tells all of them. Datastar goes on
// after the event that it had last when a connection breaks, and begins anew when one has ended; each patch is therefore the newest state of
// something, and a page that begins is given the newest of each (?snapshot=on in wwwroot/index.html).
var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseStaticWebAssets();
builder.Services.AddSiar();
builder.Services.AddSingleton<Votes>();
var app = builder.Build();

app.MapStaticAssets();
app.MapFallbackToFile("index.html");
app.MapEvents("/votes", Votes.Topic);
app.MapPost("/votes/{drink}", async (string drink, Votes votes) => await votes.CountAsync(drink) ? Results.Empty : Results.NotFound());

app.Run();
