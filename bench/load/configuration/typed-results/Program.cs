using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using Siar.Bench.TypedResultsContender;

// What a .NET developer writes without a library: TypedResults.ServerSentEvents over a bounded channel for each client.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Error);
var app = builder.Build();
var topics = new ConcurrentDictionary<string, Topic>(StringComparer.Ordinal);
long lastId = 0;

app.MapGet("/events/{topic}", (string topic, CancellationToken gone) =>
    TypedResults.ServerSentEvents(topics.GetOrAdd(topic, static _ => new Topic()).ReadAsync(gone)));

app.MapPost("/events/{topic}", async (string topic, HttpRequest request) =>
{
    using var reader = new StreamReader(request.Body);
    var item = new SseItem<string>(await reader.ReadToEndAsync()) { EventId = Interlocked.Increment(ref lastId).ToString("x16") };
    topics.GetOrAdd(topic, static _ => new Topic()).Publish(item);
    return TypedResults.Ok();
});

await app.RunAsync();
