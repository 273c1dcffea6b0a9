using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// Answers for endpoints of the application's own that publish through <see cref="IHub"/>, where the application uses exception handling
/// (<c>UseExceptionHandler</c>): what the hub throws because of its log, its limits or a condition is no fault of the application, and gets the status that the
/// hub's own endpoints give it, with a sentence, as problem details. Handlers that the application has registered come first, before or after. Without exception
/// handling nobody calls it.
/// </summary>
internal sealed class HubExceptionHandler(IOptions<SiarOptions> options) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (RefusalOf(exception) is not { } refusal) return false;
        // Those before it have been asked.
        foreach (var handler in httpContext.RequestServices.GetServices<IExceptionHandler>().SkipWhile(h => h != this).Skip(1))
        {
            if (await handler.TryHandleAsync(httpContext, exception, cancellationToken)) return true;
        }

        var response = httpContext.Response;
        response.StatusCode = refusal.Status;
        if (refusal.RetryAfter is { } wait) response.Headers[HeaderNames.RetryAfter] = RefusalResponse.RetryAfterOf(wait);
        var problem = new ProblemDetails { Type = refusal.ProblemType, Status = refusal.Status, Title = ReasonPhrases.GetReasonPhrase(refusal.Status), Detail = refusal.Sentence };
        var service = httpContext.RequestServices.GetService<IProblemDetailsService>();
        if (service is null || !await service.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, Exception = exception, ProblemDetails = problem }))
            await WriteAsync(response, problem, cancellationToken);
        return true;
    }

    // Whether the publish had an idempotency key is not known here.
    private Refusal? RefusalOf(Exception exception)
    {
        var wait = options.Value.Hub.ReconnectDelay;
        return exception is LimitExceededException patterns ? Refusal.NoRoomForPatterns(patterns) with { RetryAfter = wait } : PublishPipeline.RefusalOf(exception, hasKey: false, wait);
    }

    // RFC 9457, 3: an application that has not called AddProblemDetails gets the members that everybody expects.
    private static async Task WriteAsync(HttpResponse response, ProblemDetails problem, CancellationToken cancellationToken)
    {
        response.ContentType = "application/problem+json";
        var body = EventJson.WriteSmall(problem, static (json, problem) =>
        {
            json.WriteStartObject();
            if (problem.Type is { } type) json.WriteString("type"u8, type);
            json.WriteString("title"u8, problem.Title);
            json.WriteNumber("status"u8, problem.Status!.Value);
            json.WriteString("detail"u8, problem.Detail);
            json.WriteEndObject();
        }).ToArray();
        await response.Body.WriteAsync(body, cancellationToken);
    }
}
