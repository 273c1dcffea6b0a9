using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Reads bodies of publishers and of readers, each within a sum of its own: what readers send must not be what a publisher waits for.</summary>
internal sealed class BodyReaders
{
    // Strangers may be readers.
    private const int PartOfReaders = 4;

    public BodyReaders(LimitOptions limits, int queryBytes, TimeProvider time)
    {
        OfPublishers = new BodyReader(
            new BodyBudget(() => Math.Max(limits.BodyBytes, limits.RequestBytes), () => Math.Max(limits.BodyBytesPerAddress, limits.RequestBytes)), limits, time);
        OfReaders = new BodyReader(
            new BodyBudget(() => Math.Max(limits.BodyBytes / PartOfReaders, queryBytes), () => Math.Max(limits.BodyBytesPerAddress / PartOfReaders, queryBytes)), limits, time);
    }

    public BodyReader OfPublishers { get; }

    public BodyReader OfReaders { get; }
}

/// <summary>
/// Reads a request's body whole: up to a limit, within the <see cref="BodyBudget"/>, and within <see cref="LimitOptions.BodyTimeout"/>. The server's own minimum
/// rate is an average since the body's start: a client that sends much at once may be silent for hours after that.
/// </summary>
/// <param name="budget">The sum of all that are held.</param>
/// <param name="limits">How long a body may take; asked each time, since it may be changed.</param>
/// <param name="time">The clock.</param>
internal sealed class BodyReader(BodyBudget budget, LimitOptions limits, TimeProvider time)
{
    // Each part is rented; the largest are not yet large objects, so that what is rented is given back by any collection.
    private const int FirstPart = 4 << 10;
    private const int LargestPart = 64 << 10;

    /// <summary>The sum of all that are held.</summary>
    public BodyBudget Budget => budget;

    /// <summary>Reads the body to its end, or to the limit. What is returned must be disposed of when the body is used no more.</summary>
    /// <returns>The body, or why it is refused.</returns>
    /// <exception cref="BadHttpRequestException">It came too slowly, or was cut off.</exception>
    public async ValueTask<(RequestBody? Body, Refusal? Refusal)> ReadAsync(HttpRequest request, int limit)
    {
        if (request.ContentLength > limit) return (null, TooLarge(limit));
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;

        var body = new RequestBody(budget, ClientAddress.Of(request.HttpContext));
        Refusal? refusal = null;
        try
        {
            refusal = await ReadAsync(request, body, limit);
        }
        catch (Exception failure) when (failure is (IOException and not BadHttpRequestException) or InvalidDataException && !IsPeerGone(failure, request.HttpContext))
        {
            // A chunk size of more digits than a number has, or what cannot be decompressed.
            refusal = Refusal.Invalid("The body could not be read: it is malformed.");
        }
        finally
        {
            if (refusal is not null || body.Bytes.Length == 0) body.Dispose();
        }

        return refusal is null ? (body, null) : (null, refusal);
    }

    private async ValueTask<Refusal?> ReadAsync(HttpRequest request, RequestBody body, int limit)
    {
        var reader = request.BodyReader;
        var reading = reader.ReadAsync(request.HttpContext.RequestAborted);
        if (reading.IsCompletedSuccessfully)
        {
            var read = reading.Result;
            if (read.IsCompleted && read.Buffer.Length <= limit) return TakeWhole(reader, read.Buffer, body);
            reading = new ValueTask<ReadResult>(read);
        }

        await using var timer = time.CreateTimer(static r => ((PipeReader)r!).CancelPendingRead(), reader, limits.BodyTimeout, Timeout.InfiniteTimeSpan);
        using var parts = new BodyParts(body);
        while (true)
        {
            var read = await reading;
            var refusal = read.IsCanceled ? TooSlow()
                : parts.Length + read.Buffer.Length > limit ? TooLarge(limit)
                : parts.Add(read.Buffer);
            reader.AdvanceTo(read.Buffer.End);
            if (refusal is not null) return refusal;
            if (read.IsCompleted)
            {
                body.Bytes = parts.ToArray();
                return null;
            }

            reading = reader.ReadAsync(request.HttpContext.RequestAborted);
        }
    }

    // A short body comes at once, with the request's head.
    private static Refusal? TakeWhole(PipeReader reader, in ReadOnlySequence<byte> whole, RequestBody body)
    {
        var refusal = body.TryGrow((int)whole.Length);
        if (refusal is null) body.Bytes = whole.ToArray();
        reader.AdvanceTo(whole.End);
        return refusal;
    }

    private static bool IsPeerGone(Exception failure, HttpContext context) => failure is ConnectionResetException || context.RequestAborted.IsCancellationRequested;

    private static Refusal TooLarge(int limit) => Refusal.TooLarge($"The body is larger than {limit} bytes, the most that is taken.");

    private Refusal TooSlow() =>
        new(StatusCodes.Status408RequestTimeout, RefusalReason.BodyTimeout, $"The body has not come within {limits.BodyTimeout.TotalSeconds} seconds: send it faster, or less at once.");

    /// <summary>What has come of a body, in rented parts. What was announced is not held ready: it may never come.</summary>
    private sealed class BodyParts(RequestBody body) : IDisposable
    {
        private readonly List<byte[]> _full = [];
        private byte[] _last = [];
        private int _used;

        public long Length { get; private set; }

        public Refusal? Add(in ReadOnlySequence<byte> bytes)
        {
            foreach (var piece in bytes)
            {
                var rest = piece.Span;
                while (!rest.IsEmpty)
                {
                    if (_used == _last.Length && Rent() is { } refusal) return refusal;
                    var count = Math.Min(rest.Length, _last.Length - _used);
                    rest[..count].CopyTo(_last.AsSpan(_used));
                    rest = rest[count..];
                    _used += count;
                    Length += count;
                }
            }

            return null;
        }

        public byte[] ToArray()
        {
            var whole = GC.AllocateUninitializedArray<byte>((int)Length);
            var at = 0;
            foreach (var part in _full)
            {
                part.CopyTo(whole.AsSpan(at));
                at += part.Length;
            }

            _last.AsSpan(0, _used).CopyTo(whole.AsSpan(at));
            return whole;
        }

        public void Dispose()
        {
            foreach (var part in _full) ArrayPool<byte>.Shared.Return(part);
            if (_last.Length > 0) ArrayPool<byte>.Shared.Return(_last);
        }

        private Refusal? Rent()
        {
            var size = _last.Length == 0 ? FirstPart : Math.Min(_last.Length * 4, LargestPart);
            if (body.TryGrow(size) is { } refusal) return refusal;
            if (_last.Length > 0) _full.Add(_last);
            (_last, _used) = (ArrayPool<byte>.Shared.Rent(size), 0);
            return null;
        }
    }
}
