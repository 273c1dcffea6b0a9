using Siar.Hub;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSiar();
var app = builder.Build();

app.MapEvents("/live", "prices");
app.MapPost("/prices/{pair}", async (string pair, decimal value, IHub hub) => { await hub.PublishAsync("prices", $"{pair} {value}"); });

app.Run();
