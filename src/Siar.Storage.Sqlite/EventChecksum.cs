using System.Numerics;
using System.Runtime.InteropServices;
using Siar.Hub;

namespace Siar.Storage.Sqlite;

/// <summary>
/// The CRC-32C of an event as it was appended. SQLite does not notice a byte that has changed within a row: the log does, and gives
/// nobody a wrong event.
/// </summary>
internal static class EventChecksum
{
    public static uint Of(LoggedEvent logged)
    {
        var content = logged.Content;
        var sum = BitOperations.Crc32C(~0u, (ulong)logged.Position);
        sum = BitOperations.Crc32C(sum, (ulong)logged.Time.ToUnixTimeMilliseconds());
        sum = BitOperations.Crc32C(sum, ((ulong)(uint)(content.RetryMilliseconds ?? -1) << 1) | (content.IsPrivate ? 1u : 0));
        foreach (var topic in content.Topics) sum = Add(sum, topic.Value);
        sum = Add(sum, content.Id.Value);
        sum = Add(sum, content.Type.Value);
        if (content.Key is { } key) sum = Add(sum, key);
        return ~Add(sum, content.Data.Span);
    }

    private static uint Add(uint sum, string text) => Add(sum, MemoryMarshal.AsBytes(text.AsSpan()));

    private static uint Add(uint sum, ReadOnlySpan<byte> bytes)
    {
        sum = BitOperations.Crc32C(sum, (uint)bytes.Length);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) sum = BitOperations.Crc32C(sum, word);
        foreach (var last in bytes[(words.Length * sizeof(ulong))..]) sum = BitOperations.Crc32C(sum, last);
        return sum;
    }
}
