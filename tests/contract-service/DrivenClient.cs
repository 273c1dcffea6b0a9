using System.Text;
using System.Threading.Channels;
using Siar.Client;

namespace Siar.ContractService;

/// <summary>One stream that the harness has asked for, and the reports of what it brings, in order.</summary>
internal sealed class DrivenClient : IAsyncDisposable
{
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    private readonly Channel<Report> _reports = Channel.CreateUnbounded<Report>();
    private readonly EventStream<string> _stream;
    private readonly Task _reading;

    public DrivenClient(HttpClient http, OpenRequest request, TimeProvider time)
    {
        _stream = EventStream.Open(http, OptionsOf(request, time));
        _reading = Task.Run(ReadAsync);
    }

    public ChannelReader<Report> Reports => _reports.Reader;

    public void Restart() => _stream.Reconnect();

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _reading;
    }

    private EventStreamOptions OptionsOf(OpenRequest request, TimeProvider time) => new()
    {
        Url = request.StreamUrl,
        LastEventId = request.LastEventId,
        Method = new HttpMethod(request.Method ?? "GET"),
        Body = request.Body is { } body ? () => BodyOf(body) : null,
        Headers = request.Headers ?? [],
        ResponseTimeout = ResponseTimeout,
        ReadTimeout = request.ReadTimeoutMs is { } silence ? TimeSpan.FromMilliseconds(silence) : Timeout.InfiniteTimeSpan,
        // The harness says how long to wait, and breaks connections much faster than anybody else.
        Reconnect = new ReconnectOptions
        {
            InitialDelay = TimeSpan.FromMilliseconds(request.InitialDelayMs ?? 0),
            MaxDelay = TimeSpan.FromMilliseconds(request.InitialDelayMs ?? 0),
            MinDelay = TimeSpan.Zero,
            RetriesPassingStatuses = false,
        },
        TimeProvider = time,
        OnComment = comment => Add(Report.OfComment(comment)),
        OnReconnecting = reconnecting =>
        {
            if (reconnecting.Failure is not null) Add(Report.OfError(reconnecting.Reason));
        },
    };

    /// <summary>The harness names the body's type among the headers.</summary>
    private static ByteArrayContent BodyOf(string body) => new(Encoding.UTF8.GetBytes(body));

    private async Task ReadAsync()
    {
        try
        {
            await _stream.RunAsync((item, _) =>
            {
                Add(Report.OfEvent(item.Type, item.Data ?? "", item.LastEventId));
                return ValueTask.CompletedTask;
            });
        }
        catch (Exception failure)
        {
            Add(Report.OfError(failure.Message));
        }
        finally
        {
            _reports.Writer.TryComplete();
        }
    }

    private void Add(Report report) => _reports.Writer.TryWrite(report);
}
