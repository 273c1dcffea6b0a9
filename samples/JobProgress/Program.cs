using System.Collections.Concurrent;
using Siar.Hub;

// A progress bar that survives a reload: each step is an event on the job's own topic, which is closed when the job is done.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSiar();
var app = builder.Build();
var pace = TimeSpan.FromMilliseconds(app.Configuration.GetValue("pace", 300));
var jobs = new ConcurrentBag<Task>();

app.MapEvents("/jobs/{id}/progress", (string id) => $"jobs/{id}"); // For whoever knows the job's id, and nobody can list them.
app.MapPost("/jobs", (IHub hub) =>
{
    var id = Guid.NewGuid().ToString("n");
    jobs.Add(RunAsync(id, hub));
    return new { id };
});
app.MapGet("/", () => Results.Content("""
    <!doctype html>
    <meta charset="utf-8"><title>A job</title>
    <button id="start">Start</button> <progress id="bar" max="100" value="0"></progress>
    <script>
      function watch(id) {
        const job = new EventSource(`/jobs/${id}/progress?lastEventId=earliest`);
        job.onmessage = (event) => { document.getElementById('bar').value = event.data; };
        job.addEventListener('siar.closed', () => job.close());
      }
      if (location.hash) watch(location.hash.slice(1));
      document.getElementById('start').onclick = async () => {
        const { id } = await (await fetch('/jobs', { method: 'POST' })).json();
        location.hash = id;
        watch(id);
      };
    </script>
    """, "text/html; charset=utf-8"));

app.Run();

async Task RunAsync(string id, IHub hub)
{
    for (var percent = 10; percent <= 100; percent += 10)
    {
        await Task.Delay(pace, TimeProvider.System);
        await hub.PublishAsync($"jobs/{id}", $"{percent}");
    }

    await hub.CloseAsync($"jobs/{id}");
}
