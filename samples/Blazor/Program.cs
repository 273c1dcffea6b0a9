using Blazor;

// Blazor WebAssembly reads a hub with Siar.Client, in C# in the browser (Client/Ticks.razor): each event is shown when it comes, and after a
// cut or a restart it goes on where it was. This program serves the client's files, has the hub in it, and publishes something.
var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseStaticWebAssets();
builder.Services.AddSiar().AllowAnonymousReaders("ticks"); // Everybody may read them, and nothing else.
builder.Services.AddHostedService<Ticker>();
var app = builder.Build();

app.MapSiar();
app.MapStaticAssets();
app.MapFallbackToFile("index.html");

app.Run();
