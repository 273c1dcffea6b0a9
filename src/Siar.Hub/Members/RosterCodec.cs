using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Siar.Hub;

/// <summary>A reader in a roster.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Subscriptions">Some of its subscriptions, or all.</param>
internal sealed record RosterEntry(Guid Id, ImmutableArray<PresenceSubscription> Subscriptions);

/// <summary>
/// Readers as JSON: those that have the same subscriptions stand together, for most have, each by the part of its name that is not the hub's.
/// </summary>
internal static class RosterCodec
{
    /// <summary>Writes the property of a roster's readers.</summary>
    public static void Write(Utf8JsonWriter json, ImmutableArray<RosterEntry> readers)
    {
        json.WriteStartArray("groups"u8);
        foreach (var group in readers.GroupBy(r => ListOf(r.Subscriptions), StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WritePropertyName("list"u8);
            json.WriteRawValue(group.Key, skipInputValidation: true);
            json.WriteStartArray("readers"u8);
            foreach (var reader in group)
            {
                ReaderId.TryRead(reader.Id, out _, out var within);
                json.WriteStringValue(within.ToString("x", CultureInfo.InvariantCulture));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Reads them.</summary>
    /// <param name="root">What has the property.</param>
    /// <param name="hub">Whose readers they are.</param>
    public static ImmutableArray<RosterEntry> Read(JsonElement root, HubId hub)
    {
        var readers = ImmutableArray.CreateBuilder<RosterEntry>();
        foreach (var group in root.GetProperty("groups"u8).EnumerateArray())
        {
            var list = group.GetProperty("list"u8).EnumerateArray().Select(Subscription).ToImmutableArray();
            foreach (var reader in group.GetProperty("readers"u8).EnumerateArray())
                readers.Add(new RosterEntry(ReaderId.Of(hub, ulong.Parse(reader.GetString() ?? "", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)), list));
        }

        return readers.DrainToImmutable();
    }

    private static PresenceSubscription Subscription(JsonElement item) =>
        new(item[0].GetString() ?? "", item[1].GetString() ?? "", item.GetArrayLength() > 2 ? item[2].GetRawText() : null);

    private static string ListOf(ImmutableArray<PresenceSubscription> subscriptions)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            foreach (var subscription in subscriptions)
            {
                json.WriteStartArray();
                json.WriteStringValue(subscription.MatchType);
                json.WriteStringValue(subscription.Match);
                if (subscription.Payload is { } payload) json.WriteRawValue(payload);
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
