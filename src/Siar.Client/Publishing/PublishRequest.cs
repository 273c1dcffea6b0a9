using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Siar.Client;

/// <summary>Makes one request that publishes, and tells what became of it: what is certain, and what is not.</summary>
internal sealed class PublishRequest(HttpClient http, SiarClientOptions options)
{
    private const string IdempotencyKey = "Idempotency-Key";

    // The type of the hub's problem document (RFC 9457), which the sentence then is.
    private const string OutcomeUnknown = "urn:siar:outcome-unknown";

    public async Task<Attempt> SendAsync(PublishMessage message, string key, CancellationToken cancellationToken)
    {
        var (token, failed) = await GetTokenAsync(cancellationToken);
        if (failed is { } none) return none;

        using var timeout = new CancellationTokenSource(options.ResponseTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using var request = Make(message, key, token);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.IsSuccessStatusCode ? await ReadIdsAsync(response, message, either.Token) : await RefusedAsync(response, either.Token, cancellationToken);
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            return new Attempt { Reason = $"the hub has not answered within {options.ResponseTimeout.TotalSeconds:0.###} s", Failure = failure, IsUncertain = true };
        }
        catch (HttpRequestException failure) when (IsUnreachedBy(failure))
        {
            return new Attempt { Reason = $"the hub cannot be reached ({ErrorResponse.Reason(failure)})", Failure = failure, IsUnreached = true };
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return new Attempt { Reason = $"the connection broke before the hub had answered ({ErrorResponse.Reason(failure)})", Failure = failure, IsUncertain = true };
        }
    }

    /// <summary>Whether no connection came about, so that nothing can have been done.</summary>
    private static bool IsUnreachedBy(HttpRequestException failure) =>
        failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;

    /// <summary>Gets the token before anything is sent: a provider that fails leaves nothing uncertain.</summary>
    private async Task<(string? Token, Attempt? Failed)> GetTokenAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ResponseTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return (await options.TokenAsync(either.Token), null);
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested && timeout.IsCancellationRequested)
        {
            return (null, new Attempt { Reason = $"no token came within {options.ResponseTimeout.TotalSeconds:0.###} s", Failure = failure, IsUnreached = true });
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return (null, new Attempt { Reason = $"no token was to be had ({ErrorResponse.Reason(failure)})", Failure = failure, IsUnreached = true });
        }
    }

    private HttpRequestMessage Make(PublishMessage message, string key, string? token)
    {
        var content = new ReadOnlyMemoryContent(message.Body);
        if (message.ContentType is { } type) content.Headers.ContentType = new MediaTypeHeaderValue(type);
        var request = new HttpRequestMessage(HttpMethod.Post, message.Url)
        {
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
            Content = content,
        };
        if (!string.IsNullOrEmpty(token)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        // draft-ietf-httpapi-idempotency-key-header, 2.1: its value is a string in quotes.
        request.Headers.TryAddWithoutValidation(IdempotencyKey, $"\"{key}\"");
        return request;
    }

    private async Task<Attempt> ReadIdsAsync(HttpResponseMessage response, PublishMessage message, CancellationToken cancellationToken)
    {
        PublishAnswer? answer = null;
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            answer = await JsonSerializer.DeserializeAsync(body, PublishJson.Default.PublishAnswer, cancellationToken);
        }
        catch (JsonException)
        {
            // Said below.
        }

        // To what is no batch the hub answers one id.
        var ids = answer?.Ids ?? (answer?.Id is { } id ? [id] : []);
        return ids.Count == message.Count
            ? new Attempt { Ids = ids }
            : new Attempt { Refusal = new PublishException(PublishFailure.NotAHub, $"{message.Url} answers, but not as a hub does: check the address.", message.Count) };
    }

    private async Task<Attempt> RefusedAsync(HttpResponseMessage response, CancellationToken patience, CancellationToken cancellationToken)
    {
        var sentence = await ErrorResponse.SentenceAsync(response, patience, cancellationToken);
        var status = response.StatusCode;
        var retryAfter = ErrorResponse.RetryAfter(response, options.TimeProvider);
        if (status is HttpStatusCode.ServiceUnavailable && sentence.Contains(OutcomeUnknown, StringComparison.Ordinal))
            return new Attempt { Reason = $"the hub does not know whether it has the events ({sentence})", RetryAfter = retryAfter, IsUncertain = true };
        // These a hub answers before it has taken anything; the others may come from somebody between, when the hub has the events already.
        if (status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable or HttpStatusCode.InsufficientStorage)
            return new Attempt { Reason = $"the hub asks to wait ({sentence})", RetryAfter = retryAfter };
        if (ErrorResponse.IsPassing(status)) return new Attempt { Reason = $"the answer was lost ({sentence})", RetryAfter = retryAfter, IsUncertain = true };
        return new Attempt { Refusal = new PublishException(PublishFailure.Refused, $"The hub refuses: {sentence}", 0) { StatusCode = status } };
    }
}
