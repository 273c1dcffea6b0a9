using System.Globalization;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// The ids that the hub makes: <c>#</c>, the epoch, a dot, the position. Mercure keeps ids that begin with <c>#</c> from publishers;
/// every character is safe in a <c>Last-Event-ID</c> header across origins without a preflight (Fetch standard, CORS-unsafe
/// request-header byte) and the whole is far below its 128 bytes.
/// </summary>
/// <param name="Epoch">The life of the log.</param>
/// <param name="Position">The place in it.</param>
public readonly record struct HubEventId(Epoch Epoch, long Position)
{
    private const char Mark = '#';
    private const char Separator = '.';

    /// <summary>The id of a place in a life of the log; also of a place between events, as a cursor.</summary>
    public static EventId Create(Epoch epoch, long position) =>
        EventId.Parse(string.Create(CultureInfo.InvariantCulture, $"{Mark}{epoch.Value}{Separator}{position}"));

    /// <summary>Reads an id that has the hub's form, whoever sent it.</summary>
    public static bool TryParse(EventId id, out HubEventId hubId)
    {
        hubId = default;
        var text = id.Value.AsSpan();
        if (text.Length < Epoch.Length + 3 || text[0] != Mark || text[Epoch.Length + 1] != Separator) return false;
        if (!Epoch.TryParse(text.Slice(1, Epoch.Length), out var epoch)) return false;

        var digits = text[(Epoch.Length + 2)..];
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var position)) return false;
        if (digits.Length > 1 && digits[0] == '0') return false;
        hubId = new HubEventId(epoch, position);
        return true;
    }
}
