using System.Net;

namespace Siar.Auth.Tests.Support;

/// <summary>An issuer's address for keys, in memory: answers what it is told to, and counts.</summary>
internal sealed class KeyServer : HttpMessageHandler
{
    private readonly SemaphoreSlim _asked = new(0);
    private TaskCompletionSource? _gate;

    /// <summary>The set that is published; null answers 503.</summary>
    public string? Set { get; set; }

    public int Requests { get; private set; }

    /// <summary>Holds every answer back until <see cref="Open"/>.</summary>
    public void Close() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _gate?.TrySetResult();

    /// <summary>Waits for one more request than were waited for before.</summary>
    public Task AskedAsync() => _asked.WaitAsync(TestContext.Current.CancellationToken);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests++;
        _asked.Release();
        if (_gate is { } gate) await gate.Task.WaitAsync(cancellationToken);
        return Set is { } set ? new HttpResponseMessage { Content = new StringContent(set) } : new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
    }

    protected override void Dispose(bool disposing)
    {
        _asked.Dispose();
        base.Dispose(disposing);
    }
}
