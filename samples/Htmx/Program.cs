using System.Net;
using Microsoft.AspNetCore.Mvc;
using Siar.Hub;

// HTML over server-sent events: what is published is a fragment, and htmx's sse extension puts it into the page (wwwroot/index.html). The
// stream begins with the oldest fragment, so a page that is loaded again has all of them; one that was away is brought those it missed.
var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseStaticWebAssets();
builder.Services.AddSiar();
var app = builder.Build();

app.MapStaticAssets();
app.MapFallbackToFile("index.html");
app.MapEvents("/messages", "messages");
app.MapPost("/messages", async ([FromForm] string text, IHub hub) =>
{
    await hub.PublishAsync("messages", $"""
        <li>
          <p>{WebUtility.HtmlEncode(text)}</p>
        </li>
        """);
    return Results.NoContent();
}).DisableAntiforgery(); // There is no cookie that a page of another site could make use of.

app.Run();
