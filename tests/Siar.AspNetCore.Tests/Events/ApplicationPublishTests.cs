using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore.Tests.Events;

/// <summary>What an application's own endpoint answers that publishes through the hub and catches nothing.</summary>
public sealed class ApplicationPublishTests
{
    private readonly FailingLog _log = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_exception_handling_it_answers_as_the_hubs_own_endpoints_do(bool hasProblemDetails)
    {
        await using var hub = await StartAsync(services =>
        {
            if (hasProblemDetails) services.AddProblemDetails(o => o.CustomizeProblemDetails = c => c.ProblemDetails.Extensions["from"] = "the application");
        });
        await hub.Hub.CloseAsync("closed");

        await CheckAsync(hub, "closed", "x", 409, "One of the topics is closed: nothing is published there any more.");
        await CheckAsync(hub, "a", new string('x', 2 << 20), 413, "The data is 2097152 bytes; at most 1048576 are taken in one event.");
        _log.Failure = new LogUnavailableException(LogState.Full, "disk full");
        await CheckAsync(hub, "a", "x", 507, "The hub's log has no room left; nothing was published. Publish again when room was made.", retries: true);
        _log.Failure = new LogUnavailableException(LogState.Unavailable, "gone");
        await CheckAsync(hub, "a", "x", 503, "The hub's log takes no events at the moment; nothing was published. Why is in the hub's own log.", retries: true);
        // Nobody is asked to publish twice what may be there already.
        _log.Failure = new LogUnavailableException(LogState.Unavailable, "gone") { MayBeKept = true };
        var problem = await CheckAsync(
            hub, "a", "x", 503, "The hub's log failed while it took the events; they may be published or not. Under an idempotency key it is safe to publish them again.");
        problem.GetProperty("type").GetString().ShouldBe("urn:siar:outcome-unknown");
        problem.TryGetProperty("from", out _).ShouldBe(hasProblemDetails);
    }

    [Fact]
    public async Task What_is_a_fault_of_the_application_stays_one()
    {
        await using var hub = await StartAsync(static services => services.AddProblemDetails());
        using var answer = await hub.Client.PostAsync("/fault", null);

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Handlers_of_the_application_come_first_wherever_they_were_registered(bool isBefore)
    {
        await using var hub = await StartAsync(services =>
        {
            if (isBefore) services.Insert(0, ServiceDescriptor.Singleton<IExceptionHandler, Teapot>());
            else services.AddExceptionHandler<Teapot>();
        });
        await hub.Hub.CloseAsync("closed");
        using var answer = await hub.Client.PostAsync("/own/closed", new StringContent("x"));

        answer.StatusCode.ShouldBe((HttpStatusCode)418);
    }

    [Fact]
    public async Task Without_exception_handling_nothing_is_changed()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Environment = "Production", MapsSiar = false, Endpoints = Map });
        await hub.Hub.CloseAsync("closed");
        using var answer = await hub.Client.PostAsync("/own/closed", new StringContent("x"));

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await answer.Content.ReadAsStringAsync()).ShouldBeEmpty();
    }

    private Task<TestHub> StartAsync(Action<IServiceCollection> services) => TestHub.StartAsync(new TestHubSetup
    {
        Environment = "Production",
        MapsSiar = false,
        Services = s =>
        {
            s.AddSingleton<IEventLog>(_log);
            services(s);
        },
        Pipeline = static app => app.UseExceptionHandler(static _ => { }),
        Endpoints = Map,
    });

    private static void Map(WebApplication app)
    {
        app.MapPost("/own/{topic}", async (string topic, HttpRequest request, IHub hub) =>
        {
            using var body = new StreamReader(request.Body);
            return (await hub.PublishAsync(new Event(Topic.Parse(topic), await body.ReadToEndAsync()))).Id.Value;
        });
        app.MapPost("/fault", static () => { throw new InvalidOperationException("a fault"); });
    }

    private static async Task<JsonElement> CheckAsync(TestHub hub, string topic, string body, int status, string detail, bool retries = false)
    {
        using var answer = await hub.Client.PostAsync("/own/" + topic, new StringContent(body));
        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync());

        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (problem.GetProperty("status").GetInt32(), problem.GetProperty("detail").GetString()).ShouldBe((status, detail));
        (answer.Headers.RetryAfter is not null).ShouldBe(retries);
        return problem;
    }

    private sealed class Teapot : IExceptionHandler
    {
        public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            httpContext.Response.StatusCode = 418;
            return ValueTask.FromResult(true);
        }
    }
}
