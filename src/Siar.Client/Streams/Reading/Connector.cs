using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Siar.Client;

/// <summary>Asks for a stream as the standard says (HTML Standard, sections 9.2.2 and 9.2.3), and judges the answer.</summary>
internal sealed class Connector(HttpClient http, EventStreamOptions options)
{
    private const string MediaType = "text/event-stream";

    private static readonly HttpRequestOptionsKey<bool> BrowserStreaming = new("WebAssemblyEnableStreamingResponse");
    private static readonly HttpRequestOptionsKey<IDictionary<string, object>> BrowserFetchOptions = new("WebAssemblyFetchOptions");

    /// <summary>Makes one request.</summary>
    /// <exception cref="StreamException">The answer ends the stream.</exception>
    public async Task<Answer> ConnectAsync(IdBytes lastEventId, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ResponseTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        HttpResponseMessage? response = null;
        try
        {
            using var request = await MakeRequestAsync(lastEventId, either.Token);
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode is HttpStatusCode.OK)
            {
                var connection = await OpenAsync(response, either.Token);
                response = null;
                return Answer.Open(connection);
            }

            // "Clients can be told to stop reconnecting using the HTTP 204 No Content response code."
            if (response.StatusCode is HttpStatusCode.NoContent) return Answer.NothingMore;
            return await RefusedAsync(response, either.Token, cancellationToken);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Answer.Failed($"the server has not answered within {options.ResponseTimeout.TotalSeconds:0.###} s", new TimeoutException());
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            // The HTTP client has a timeout of its own.
            return Answer.Failed("the server has not answered in time", failure);
        }
        catch (Exception failure) when (failure is HttpRequestException or (IOException and not StreamException))
        {
            return Answer.Failed($"the server cannot be reached ({ErrorResponse.Reason(failure)})", failure);
        }
        finally
        {
            response?.Dispose();
        }
    }

    private async ValueTask<HttpRequestMessage> MakeRequestAsync(IdBytes lastEventId, CancellationToken cancellationToken)
    {
        var isInHeader = lastEventId.IsEmpty || ResumeAddress.IsHeaders(lastEventId.Span);
        var request = new HttpRequestMessage(options.Method, isInHeader ? options.Url : ResumeAddress.Of(options.Url, lastEventId))
        {
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
            Content = options.Body?.Invoke(),
        };
        try
        {
            var headers = request.Headers;
            headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaType));
            if (OperatingSystem.IsBrowser()) SetBrowserOptions(request.Options);
            else headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
            if (options.TokenProvider is { } provider && await provider(cancellationToken) is { Length: > 0 } token)
                headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            // "If the EventSource object's last event ID string is not the empty string, then … be the last event ID string, encoded as UTF-8."
            if (!lastEventId.IsEmpty && isInHeader) headers.TryAddWithoutValidation("Last-Event-ID", HeaderText(lastEventId));
            foreach (var (name, value) in options.Headers)
            {
                if (!Set(headers, name, value) && !(request.Content is { } content && Set(content.Headers, name, value)))
                    throw new ArgumentException($"The header '{name}' cannot stand in the request: its name is none, or it is a body's and there is no body.");
            }

            return request;
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }

    private static void SetBrowserOptions(HttpRequestOptions request)
    {
        // An application may have switched it off, and an answer without end would then never come.
        request.Set(BrowserStreaming, true);
        // "Set request's cache mode to no-store": a browser does that itself, and would ask the server's leave for the header.
        request.Set(BrowserFetchOptions, new Dictionary<string, object>(StringComparer.Ordinal) { ["cache"] = "no-store" });
    }

    /// <summary>Sets a header that belongs among these, in place of one of the same name.</summary>
    private static bool Set(HttpHeaders headers, string name, string value)
    {
        if (headers.NonValidated.Contains(name)) headers.Remove(name);
        return headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>A browser takes a header's bytes as characters; elsewhere the handler encodes the text.</summary>
    private static string HeaderText(IdBytes id) =>
        OperatingSystem.IsBrowser() ? Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(id.ToString())) : id.ToString();

    private async Task<Connection> OpenAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // "If res's … Content-Type … is not text/event-stream, fail the connection." Parameters count for nothing: it is always UTF-8.
        var type = response.Content.Headers.TryGetValues("Content-Type", out var values) ? values.First() : "";
        if (!type.AsSpan(0, type.IndexOf(';') is var end and >= 0 ? end : type.Length).Trim().Equals(MediaType, StringComparison.OrdinalIgnoreCase))
        {
            throw new StreamException(
                StreamFailure.NotAnEventStream,
                $"{Place} answers, but not with an event stream{(type.Length > 0 ? $" (it is {type})" : "")}: check the address.");
        }

        var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        // A handler that follows redirects leaves the last address in the request.
        return new Connection(response, body, response.RequestMessage?.RequestUri ?? options.Url, options.TimeProvider.GetTimestamp());
    }

    private async Task<Answer> RefusedAsync(HttpResponseMessage response, CancellationToken patience, CancellationToken cancellationToken)
    {
        var sentence = await ErrorResponse.SentenceAsync(response, patience, cancellationToken);
        if (options.Reconnect.RetriesPassingStatuses && ErrorResponse.IsPassing(response.StatusCode))
            return Answer.Failed($"the server refuses for now: {sentence}", null, ErrorResponse.RetryAfter(response, options.TimeProvider));
        // A redirect that the HTTP client has not followed leads nowhere, or from https to http.
        var explanation = (int)response.StatusCode is >= 300 and < 400 ? $"{Place} redirects to nowhere that may be followed" : $"{Place} refuses the stream";
        throw new StreamException(StreamFailure.Refused, $"{explanation}: {sentence}") { StatusCode = response.StatusCode };
    }

    /// <summary>The address without its query, which can hold what nobody should see.</summary>
    private string Place => options.Url.GetLeftPart(UriPartial.Path);
}
