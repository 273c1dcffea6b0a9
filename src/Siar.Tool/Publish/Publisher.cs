using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Siar.Tool;

/// <summary>
/// Sends batches to a hub. It tries again where the hub certainly has nothing of the batch: it asks to come back later, or it cannot be
/// reached although it once was. It does not where an answer was lost, for then the events may be there already.
/// </summary>
internal sealed class Publisher(HttpClient http, Uri events, Backoff backoff, TimeProvider time, Notes notes)
{
    private bool _wasReached;

    public async Task<PublishOutcome> PublishAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var ids = new List<string>(batch.Count);
        var size = batch.Count;
        while (ids.Count < batch.Count)
        {
            var count = Math.Min(size, batch.Count - ids.Count);
            using var response = await SendAsync(batch.Body(ids.Count, count), cancellationToken);
            if (response.Unreached is { } reason) return new PublishOutcome(ids, reason);

            // A hub may take less at once than is usual.
            if (response.Message!.StatusCode == HttpStatusCode.RequestEntityTooLarge && count > 1) size = count / 2;
            else if (!response.Message.IsSuccessStatusCode) return new PublishOutcome(ids, $"the hub refuses: {await HubHttp.SentenceAsync(response.Message, cancellationToken)}");
            else if (await ReadIdsAsync(response.Message, cancellationToken) is { } taken) ids.AddRange(taken);
            else return new PublishOutcome(ids, $"{events} answers, but not as a hub does: check the address.");
        }

        return new PublishOutcome(ids, null);
    }

    private async Task<Answer> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan wait;
            try
            {
                using var content = new ReadOnlyMemoryContent(body);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
                var response = await http.PostAsync(events, content, cancellationToken);
                _wasReached = true;
                if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
                {
                    backoff.Reset();
                    return new Answer(response, null);
                }

                wait = backoff.Next(response.Headers.RetryAfter?.Delta);
                notes.Say($"the hub asks to wait ({await HubHttp.SentenceAsync(response, cancellationToken)}); trying again in {wait.TotalSeconds:0.0} s.");
                response.Dispose();
            }
            catch (HttpRequestException failure) when (_wasReached && HubHttp.IsUnreached(failure))
            {
                wait = backoff.Next();
                notes.Say($"the hub cannot be reached ({HubHttp.Reason(failure)}); trying again in {wait.TotalSeconds:0.0} s.");
            }
            catch (HttpRequestException failure) when (HubHttp.IsUnreached(failure))
            {
                return new Answer(null, $"there is no hub at {events.GetLeftPart(UriPartial.Authority)}: {HubHttp.Reason(failure)}. Start one with 'siar serve', or name another with --hub.");
            }
            catch (HttpRequestException failure)
            {
                return new Answer(null, $"the connection broke before the hub had answered, so the last batch may have been published or not: {HubHttp.Reason(failure)}.");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new Answer(null, $"the hub has not answered within {http.Timeout.TotalSeconds:0} s, so the last batch may have been published or not.");
            }

            await Task.Delay(wait, time, cancellationToken);
        }
    }

    private static async Task<IEnumerable<string>?> ReadIdsAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return (await JsonSerializer.DeserializeAsync(body, PublishJson.Default.PublishAnswer, cancellationToken))?.Ids;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Either what the hub answered, or why it did not.</summary>
    private sealed record Answer(HttpResponseMessage? Message, string? Unreached) : IDisposable
    {
        public void Dispose() => Message?.Dispose();
    }
}
