using System.Text.Json;

namespace Siar.Bench.Transports.Server;

/// <summary>An event as sockets and polls get it.</summary>
/// <param name="Id">Its place in the feed, from 1.</param>
/// <param name="Data">Its text.</param>
internal sealed record FeedEvent(long Id, string Data)
{
    /// <summary>It as JSON, made once for all sockets.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web);
}

/// <summary>What a poll gets.</summary>
/// <param name="Last">The id to ask with the next time.</param>
/// <param name="Events">What came after the id that was asked with.</param>
internal sealed record FeedPage(long Last, IReadOnlyList<FeedEvent> Events);
