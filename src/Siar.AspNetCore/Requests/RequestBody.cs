using Microsoft.Net.Http.Headers;

namespace Siar.AspNetCore;

/// <summary>A request's body, whole, and its share of the <see cref="BodyBudget"/>, which is returned when it is disposed of.</summary>
internal sealed class RequestBody(BodyBudget budget, string? address) : IDisposable
{
    private const string UrlEncoded = "application/x-www-form-urlencoded";

    private long _taken;

    /// <summary>The body; empty until it is there.</summary>
    public byte[] Bytes { get; set; } = [];

    /// <summary>What is wrong with what a request says of a body of text; null when nothing is.</summary>
    /// <param name="request">The request.</param>
    /// <param name="type">The media type; null where it says none.</param>
    public static Refusal? CheckText(HttpRequest request, out MediaTypeHeaderValue? type)
    {
        type = null;
        if (CheckCoding(request) is { } refusal) return refusal;
        if (!string.IsNullOrEmpty(request.ContentType) && !MediaTypeHeaderValue.TryParse(request.ContentType, out type))
            return Refusal.Invalid("The Content-Type cannot be read.");
        return type?.Charset.HasValue == true && !IsUtf8(type.Charset.Value.AsSpan().Trim('"'))
            ? Refusal.Unsupported($"The body's charset is '{type.Charset}': events are UTF-8 text, send them so.")
            : null;
    }

    /// <summary>What is wrong with what a request says of a body that is a form; null when nothing is.</summary>
    public static Refusal? CheckForm(HttpRequest request)
    {
        if (CheckCoding(request) is { } refusal) return refusal;
        // [Mercure, 2026-09-14] A type that is missing or cannot be read is 400, another one 415.
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || type.Parameters.Any(p => p.Value.Length == 0))
            return Refusal.Invalid($"The Content-Type is missing or cannot be read: send {UrlEncoded}.");
        return type.MediaType.Equals(UrlEncoded, StringComparison.OrdinalIgnoreCase)
            ? null
            : Refusal.Unsupported($"The body is '{type.MediaType}': send {UrlEncoded}.");
    }

    /// <summary>Takes room for more of the body, or says why there is none.</summary>
    public Refusal? TryGrow(int bytes)
    {
        if (budget.TryTake(address, bytes) is { } refusal) return refusal;
        _taken += bytes;
        return null;
    }

    public void Dispose()
    {
        budget.Return(address, _taken);
        _taken = 0;
    }

    private static Refusal? CheckCoding(HttpRequest request)
    {
        var coding = request.Headers.ContentEncoding;
        return coding.Count > 0 && coding != "identity" ? Refusal.Unsupported("The body has a Content-Encoding, which is not undone here: send it plain.") : null;
    }

    // US-ASCII is a part of UTF-8.
    private static bool IsUtf8(ReadOnlySpan<char> charset) =>
        charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase)
            || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase);
}

/// <summary>
/// Bounds the bytes of requests' bodies that are held at once, in the process and of one client address: what one request may have is no bound for many. Safe for
/// concurrent use.
/// </summary>
/// <param name="most">How many bytes in all; asked each time, since it may be changed.</param>
/// <param name="mostOfAddress">How many of one address.</param>
internal sealed class BodyBudget(Func<long> most, Func<long> mostOfAddress)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _byAddress = [];
    private long _held;

    /// <summary>How many bytes are held.</summary>
    public long Held
    {
        get
        {
            lock (_gate) return _held;
        }
    }

    /// <summary>Takes room for bytes, or says why there is none; what was taken must be returned.</summary>
    /// <param name="address">The client's address; null where there is none, such as on a Unix socket.</param>
    /// <param name="bytes">How many more.</param>
    public Refusal? TryTake(string? address, int bytes)
    {
        lock (_gate)
        {
            if (_held + bytes > most()) return TooManyInAll;
            if (address is not null)
            {
                var ofAddress = _byAddress.GetValueOrDefault(address) + bytes;
                if (ofAddress > mostOfAddress()) return TooManyOfAddress;
                _byAddress[address] = ofAddress;
            }

            _held += bytes;
            return null;
        }
    }

    /// <summary>Gives back what was taken with the same address.</summary>
    public void Return(string? address, long bytes)
    {
        if (bytes == 0) return;
        lock (_gate)
        {
            _held -= bytes;
            if (address is null) return;
            if (_byAddress[address] == bytes) _byAddress.Remove(address);
            else _byAddress[address] -= bytes;
        }
    }

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    private static readonly Refusal TooManyInAll = new(
        StatusCodes.Status503ServiceUnavailable, RefusalReason.BodyBytes, "The hub holds as many bytes of requests' bodies as it may: send the request again in a moment.")
    {
        RetryAfter = Wait,
    };

    private static readonly Refusal TooManyOfAddress = new(
        StatusCodes.Status429TooManyRequests, RefusalReason.BodyBytesPerAddress, "Your address has as many bytes of requests' bodies under way as it may: send less at once.")
    {
        RetryAfter = Wait,
    };
}
