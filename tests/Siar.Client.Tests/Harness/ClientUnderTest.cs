using Siar.ContractService;

namespace Siar.Client.Tests;

/// <summary>A client and a server that tests drive in the same way, whether they are in one process or speak over a network.</summary>
internal abstract class ClientUnderTest : IAsyncDisposable
{
    public abstract Uri Url { get; }

    /// <summary>Opens a client.</summary>
    public abstract Task OpenAsync(OpenRequest request);

    /// <summary>The client's next request.</summary>
    public abstract Task<ServedRequest> RequestAsync();

    /// <summary>The client's next report.</summary>
    public abstract Task<Report> ReportAsync();

    public abstract Task RestartAsync();

    /// <summary>Lets time pass in which nothing comes.</summary>
    public abstract Task SilenceAsync(TimeSpan time);

    /// <summary>Closes the client; the reports that nobody has read.</summary>
    public abstract Task<IReadOnlyList<Report>> CloseAsync();

    public abstract ValueTask DisposeAsync();
}
