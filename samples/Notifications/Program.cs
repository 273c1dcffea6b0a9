using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Siar.Hub;

// Each user has a topic of its own, and reads it under the application's own cookie: what is private there nobody else can ask for.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
    .AddCookie(o => o.Events.OnRedirectToLogin = context =>
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    });
builder.Services.AddAuthorization();
builder.Services.AddSiar();
var app = builder.Build();

app.UseAuthentication();
app.UseAuthorization();
app.MapEvents("/me/live", (ClaimsPrincipal user) => EventTopics.User(user)).RequireAuthorization();
app.MapPost("/sign-in/{user}", (string user) => Results.SignIn(
    new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user)], CookieAuthenticationDefaults.AuthenticationScheme))));
app.MapPost("/notify/{user}", async (string user, string text, IHub hub) =>
{
    await hub.PublishAsync(hub.User(user), text, isPrivate: true);
    return Results.NoContent();
}).RequireAuthorization();

app.Run();
