using Siar.Hub;

// A message, five seconds, another: GET /hello reads them, POST /hello has them said. They go through the hub, so that whoever reads hears
// both, also who came in between or was away. hello.php and hello.go say the same to a hub from outside.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSiar();
var app = builder.Build();
var pause = TimeSpan.FromSeconds(app.Configuration.GetValue("pause", 5));

app.MapEvents("/hello", "hello");
app.MapPost("/hello", async (IHub hub) =>
{
    await hub.PublishAsync("hello", "Hello");
    await Task.Delay(pause, TimeProvider.System);
    await hub.PublishAsync("hello", "Hello again");
});
app.MapGet("/", () => Results.Content("""
    <!doctype html>
    <meta charset="utf-8"><title>Hello, twice</title>
    <button id="say">Say hello</button>
    <ul id="heard"></ul>
    <script>
      const hello = new EventSource('/hello?lastEventId=earliest');
      hello.onmessage = (event) => document.getElementById('heard').append(Object.assign(document.createElement('li'), { textContent: event.data }));
      document.getElementById('say').onclick = () => fetch('/hello', { method: 'POST' });
    </script>
    """, "text/html; charset=utf-8"));

app.Run();
