namespace Siar.AspNetCore;

/// <summary>
/// Bounds the bytes of requests' bodies that are held at once, in the process and of one client address: what one request may have is no bound for many. Safe for
/// concurrent use.
/// </summary>
/// <param name="most">How many bytes in all.</param>
/// <param name="mostOfAddress">How many of one address.</param>
internal sealed class BodyBudget(long most, long mostOfAddress)
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
            if (_held + bytes > most) return TooManyInAll;
            if (address is not null)
            {
                var ofAddress = _byAddress.GetValueOrDefault(address) + bytes;
                if (ofAddress > mostOfAddress) return TooManyOfAddress;
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
