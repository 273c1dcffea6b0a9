using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Siar.Wire;

namespace Siar.Tool;

/// <summary>A subscription over as many connections as it takes. The cursor goes from each to the next.</summary>
internal sealed class Subscription(HttpClient http, SubscribeRequest request, EventPrinter printer, Stream output, Notes notes)
{
    private const string MediaType = "text/event-stream";

    private readonly Uri _url = request.StreamUrl();
    private readonly SseParser _parser = new(printer);

    /// <summary>Reads until the command is to end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(Backoff backoff, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = await ConnectAsync(cancellationToken);
            if (end.ExitCode is ExitCode.Ok) return ExitCode.Ok;
            if (end.ExitCode is { } code) return notes.Fail(end.Sentence, code);

            if (printer.Retry is { } retry) backoff.Initial = retry;
            if (end.WasOpen) backoff.Reset();
            var wait = backoff.Next(end.RetryAfter);
            notes.Say($"{end.Sentence}; trying again in {wait.TotalSeconds:0.0} s.");
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    private async Task<StreamEnd> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, _url);
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaType));
            message.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
            if (!_parser.LastEventId.IsEmpty) message.Headers.TryAddWithoutValidation("Last-Event-ID", Encoding.UTF8.GetString(_parser.LastEventId));
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return await RefusalAsync(response, cancellationToken) ?? await ReadAsync(response, cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            return new StreamEnd(null, $"the hub cannot be reached ({HubHttp.Reason(failure)})");
        }
        catch (SseLimitException failure)
        {
            return new StreamEnd(ExitCode.Failure, failure.Message);
        }
    }

    /// <summary>What an answer means that is not a stream; null where it is one.</summary>
    private async Task<StreamEnd?> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = response.StatusCode;
        if (status is HttpStatusCode.OK)
        {
            // HTML Standard, 9.2.3: another type than text/event-stream fails the connection.
            return string.Equals(response.Content.Headers.ContentType?.MediaType, MediaType, StringComparison.OrdinalIgnoreCase)
                ? null
                : new StreamEnd(ExitCode.Failure, $"{_url.GetLeftPart(UriPartial.Path)} answers, but not with an event stream: check the address.");
        }

        // "Clients can be told to stop reconnecting using the HTTP 204 No Content response code."
        if (status is HttpStatusCode.NoContent)
        {
            notes.Say("the hub says that there is nothing more.");
            return StreamEnd.Done;
        }

        var sentence = $"the hub refuses: {await HubHttp.SentenceAsync(response, cancellationToken)}";
        var isPassing = status is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
        return new StreamEnd(isPassing ? null : ExitCode.Failure, sentence) { RetryAfter = response.Headers.RetryAfter?.Delta };
    }

    private async Task<StreamEnd> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        notes.Say(_parser.LastEventId.IsEmpty ? $"subscribed at {request.Hub.Url}" : $"subscribed at {request.Hub.Url} again, after the last event");
        var sentence = "the stream ended";
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[16 << 10];
            int read;
            while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                _parser.Feed(buffer.AsSpan(0, read));
                await output.FlushAsync(cancellationToken);
                if (printer.IsDone) return StreamEnd.Done;
            }
        }
        catch (HttpIOException failure)
        {
            sentence = $"the stream broke ({HubHttp.Reason(failure)})";
        }

        // Whatever was cut off is no event, and its id no cursor.
        _parser.EndOfStream();
        return new StreamEnd(null, sentence) { WasOpen = true };
    }
}
