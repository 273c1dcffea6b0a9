using System.Net;
using System.Text.Json;
using Siar.Bench.Transports.Server;
using Siar.Tool;

namespace Siar.Bench.Transports.Clients;

/// <summary>Asks over a connection that stays open for what came after the last answer: at once again, or when it is told to.</summary>
internal sealed class PollClient(string path, bool isLong, IPEndPoint server, int number, Tally tally) : FeedClient(server, number, tally)
{
    private readonly List<byte> _body = [];
    private HttpBodyDecoder _decoder;
    private long? _last;
    private int _isAsking;

    /// <summary>Asks, unless an answer is awaited.</summary>
    public void Poll()
    {
        if (Interlocked.Exchange(ref _isAsking, 1) == 0) Send(_last is { } id ? $"{path}?after={id}" : path, "Accept: application/json\r\n");
    }

    protected override void Ask() => Poll();

    protected override void Take(ReadOnlySpan<byte> bytes)
    {
        while (_decoder.TryTake(ref bytes, out var body)) _body.AddRange(body);
        var isEmpty = _decoder is { HasHead: true, Status: 204 };
        if (!isEmpty && !_decoder.IsOver) return;
        if (!isEmpty) TakePage();
        _decoder = default;
        Volatile.Write(ref _isAsking, 0);
        if (isLong) Poll();
    }

    private void TakePage()
    {
        Opened(_decoder.Status, 200);
        var page = JsonSerializer.Deserialize<FeedPage>(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_body), JsonSerializerOptions.Web)!;
        _body.Clear();
        _last = page.Last;
        foreach (var item in page.Events) Deliver(item.Data);
    }
}
