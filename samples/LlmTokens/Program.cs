using LlmTokens;

// A model's answer outlives the request that asked for it: the producer writes tokens to a topic, and whoever looks reads the topic. A
// reload, a second device or a lost connection reads the same answer from where it was; stopping is a request of its own.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSiar();
builder.Services.AddSingleton<Answers>();
builder.Services.AddHostedService(p => p.GetRequiredService<Answers>());
var app = builder.Build();

app.MapEvents("/answers/{id}", (string id) => $"answers/{id}"); // For whoever knows the answer's id, and nobody can list them.
app.MapPost("/answers", (Question question, Answers answers) => new { id = answers.Ask(question.Prompt) });
app.MapPost("/answers/{id}/stop", (string id, Answers answers) => answers.Stop(id) ? Results.NoContent() : Results.NotFound());
app.MapGet("/", () => Results.Content(Page.Html, "text/html; charset=utf-8"));

app.Run();
