using System.Collections.Immutable;
using System.Text;

namespace Siar.Auth;

/// <summary>Fetches a JSON Web Key Set once, within its limits of time and size.</summary>
internal sealed class JwksDownload(JwksEndpointOptions options, HttpClient http, TimeProvider time)
{
    // Only one request runs at a time.
    private readonly HashSet<string> _told = [];

    /// <summary>Fetches the keys; every way to fail is an answer: a sentence instead of keys.</summary>
    public async Task<(ImmutableArray<VerificationKey> Keys, string? Error)> FetchAsync()
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        try
        {
            return (JwksReader.Read(await ReadAsync(timeout.Token), options.Algorithms, Tell), null);
        }
        catch (Exception e)
        {
            var reason = timeout.IsCancellationRequested ? $"There was no answer within {options.Timeout}." : e.Message;
            return ([], $"The keys at {options.Url} could not be had: {reason}");
        }
    }

    // An issuer that goes on publishing an odd key is told of once; what keeps changing is told of while it is little.
    private void Tell(string sentence)
    {
        if (_told.Count < JwksReader.MaxKeys && _told.Add(sentence)) options.OnKeySkipped?.Invoke(sentence);
    }

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, options.Url);
        request.Headers.Accept.ParseAdd("application/jwk-set+json, application/json");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var body = new byte[options.MaxBytes + 1];
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= options.MaxBytes ? Encoding.UTF8.GetString(body, 0, length)
            : throw new InvalidDataException($"The answer is larger than {options.MaxBytes} bytes.");
    }
}
