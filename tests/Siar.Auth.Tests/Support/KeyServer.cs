using System.Net;

namespace Siar.Auth.Tests.Support;

/// <summary>An issuer's address for keys, in memory: answers what it is told to, and counts.</summary>
internal sealed class KeyServer : HttpMessageHandler
{
    private TaskCompletionSource? _gate;

    /// <summary>The set that is published; null answers 503.</summary>
    public string? Set { get; set; }

    public int Requests { get; private set; }

    /// <summary>Holds every answer back until <see cref="Open"/>.</summary>
    public void Close() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _gate?.TrySetResult();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests++;
        if (_gate is { } gate) await gate.Task.WaitAsync(cancellationToken);
        return Set is { } set ? new HttpResponseMessage { Content = new StringContent(set) } : new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
    }
}
