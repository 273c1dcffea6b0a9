using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Siar.AspNetCore;
using Siar.Hub;
using Siar.Topics;

// Each user has a private topic, and reads it under the application's own cookie.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
    .AddCookie(o => o.Events.OnRedirectToLogin = context =>
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    });
builder.Services.AddAuthorization();
builder.Services.AddSiar().UseAuthorizer(context => new(AccessOf(context.User)));
var app = builder.Build();

app.UseAuthentication();
app.UseAuthorization();
app.MapSiar();
app.MapPost("/sign-in/{user}", (string user) => Results.SignIn(
    new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], CookieAuthenticationDefaults.AuthenticationScheme))));
app.MapPost("/notify/{user}", async (string user, string text, IHub hub) =>
{
    await hub.PublishAsync(new Event(Topic.Parse($"users/{user}"), text) { IsPrivate = true });
    return Results.NoContent();
}).RequireAuthorization();

app.Run();

// Whoever is not signed in is answered 401; whoever is may read what is private to them, and publish nothing.
static SiarAccess? AccessOf(ClaimsPrincipal user) => user.Identity is { IsAuthenticated: true, Name: { } name }
    ? new SiarAccess { Subscribe = MatcherSet.OfTopics(Topic.Parse($"users/{name}")), Name = name }
    : null;
