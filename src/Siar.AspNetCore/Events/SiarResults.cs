using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Siar.Hub;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>Streams as results of the application's own endpoints.</summary>
public static class SiarResults
{
    /// <summary>
    /// Streams topics to the caller: with the hub's cursors, representations, keep-alives, limits and drain. Public events are for whoever may call the endpoint;
    /// private ones as well where the endpoint requires authorisation. For <c>GET</c> and <c>HEAD</c>.
    /// </summary>
    /// <param name="topics">At least one; each is one topic, whatever characters it holds.</param>
    /// <exception cref="ArgumentException">There is no topic.</exception>
    public static IResult Events(params IEnumerable<string> topics) => new EventsResult(new StreamRequest(topics));

    /// <summary>The same, of what a request says.</summary>
    /// <param name="request">What is streamed; null for a caller that is not known, who is answered 401.</param>
    public static IResult Events(StreamRequest? request) => new EventsResult(request);

    /// <summary>
    /// Streams texts that are this caller's alone, such as the answer of a model: nothing of them is published, and a caller that comes back begins anew. Keep-alives,
    /// compression, limits and drain are the hub's. The source is asked for a text only when the one before has left, and is cancelled when the caller leaves.
    /// For <c>GET</c> and <c>HEAD</c>, and for what a script fetches by <c>POST</c>.
    /// </summary>
    /// <param name="source">The data of each event.</param>
    /// <param name="type">The type of each event; null for <c>message</c>.</param>
    /// <exception cref="FormatException">The type is empty or holds what a type may not.</exception>
    public static IResult Events(IAsyncEnumerable<string> source, string? type = null) =>
        new SourceResult(_ => Convert(source, static text => Encoding.UTF8.GetBytes(text)), type);

    /// <summary>Streams values that are this caller's alone as JSON, with type information from source generation: nothing is found by reflection.</summary>
    /// <inheritdoc cref="Events(IAsyncEnumerable{string}, string?)" />
    /// <param name="source">What each event says.</param>
    /// <param name="typeInfo">How it is written.</param>
    /// <param name="type">The type of each event; null for <c>message</c>.</param>
    public static IResult Events<T>(IAsyncEnumerable<T> source, JsonTypeInfo<T> typeInfo, string? type = null) =>
        new SourceResult(_ => Convert(source, value => JsonSerializer.SerializeToUtf8Bytes(value, typeInfo)), type);

    /// <summary>Streams values that are this caller's alone as JSON, by the hub's <see cref="HubOptions.Json"/>.</summary>
    /// <inheritdoc cref="Events(IAsyncEnumerable{string}, string?)" />
    /// <param name="source">What each event says.</param>
    /// <param name="type">The type of each event; null for <c>message</c>.</param>
    [RequiresUnreferencedCode("Finds the values' members by reflection unless HubOptions.Json has a source-generated resolver.")]
    [RequiresDynamicCode("Finds the values' members by reflection unless HubOptions.Json has a source-generated resolver.")]
    public static IResult Events<T>(IAsyncEnumerable<T> source, string? type = null) =>
        new SourceResult(hub => Convert(source, value => JsonSerializer.SerializeToUtf8Bytes(value, hub.Json)), type);

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Convert<T>(
        IAsyncEnumerable<T> source, Func<T, byte[]> convert, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var value in source.WithCancellation(cancellationToken)) yield return convert(value);
    }
}

/// <summary>A stream that an endpoint has answered with. Also what a controller's action may return.</summary>
internal sealed class EventsResult(StreamRequest? request) : IResult, IActionResult
{
    /// <summary>What is said where a result has no hub.</summary>
    public const string NoHub = "There is no hub to read from: call builder.Services.AddSiar() first.";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var events = httpContext.RequestServices.GetService<EventsEndpoints>() ?? throw new InvalidOperationException(NoHub);
        return events.StreamAsync(httpContext, request);
    }

    public Task ExecuteResultAsync(ActionContext context) => ExecuteAsync(context.HttpContext);

    /// <summary>Makes the result of what a handler has returned.</summary>
    /// <param name="returned">A topic, several, a request, a result, or null for a caller that is not known.</param>
    /// <param name="path">Where the handler is mapped.</param>
    public static IResult Of(object? returned, string path) => returned switch
    {
        null => new EventsResult(null),
        IResult result => result,
        string topic => new EventsResult(topic),
        StreamRequest request => new EventsResult(request),
        IEnumerable<string> topics => new EventsResult(new StreamRequest(topics)),
        _ => throw new InvalidOperationException($"The handler of the stream at '{path}' returned a {returned.GetType()}: return a topic, several of them, a StreamRequest, or an IResult."),
    };
}

/// <summary>A stream of a source of the caller's own. Also what a controller's action may return.</summary>
/// <param name="open">Gives the data of each event, by the hub whose application it is.</param>
/// <param name="type">The type of each event; null for <c>message</c>.</param>
internal sealed class SourceResult(Func<IHub, IAsyncEnumerable<ReadOnlyMemory<byte>>> open, string? type) : IResult, IActionResult
{
    private readonly EventType _type = type is null ? default : EventType.Parse(type);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var stream = httpContext.RequestServices.GetService<SourceStream>() ?? throw new InvalidOperationException(EventsResult.NoHub);
        return stream.RunAsync(httpContext, open(httpContext.RequestServices.GetRequiredService<IHub>()), _type);
    }

    public Task ExecuteResultAsync(ActionContext context) => ExecuteAsync(context.HttpContext);
}
