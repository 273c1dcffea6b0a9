namespace Siar.Client;

/// <summary>An answer that is being read.</summary>
internal sealed class Connection(HttpResponseMessage response, Stream body, Uri url, long openedAt) : IDisposable
{
    public Stream Body => body;

    /// <summary>Where it comes from, after redirects.</summary>
    public Uri Url => url;

    /// <summary>When it came about, as the clock's timestamp.</summary>
    public long OpenedAt => openedAt;

    public void Dispose()
    {
        body.Dispose();
        response.Dispose();
    }
}
