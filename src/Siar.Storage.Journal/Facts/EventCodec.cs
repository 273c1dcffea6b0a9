using System.Runtime.InteropServices;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Journal.Facts;

/// <summary>What is appended, as bytes: an append's events and idempotency key.</summary>
internal static class EventCodec
{
    [Flags]
    private enum Parts : byte
    {
        None = 0,
        Private = 1,
        Id = 2,
        Type = 4,
        Retry = 8,
        Key = 16,
    }

    public static void Write(BinaryWriter writer, Append append)
    {
        writer.Write(append.Idempotency is not null);
        if (append.Idempotency is { } key)
        {
            writer.Write(key.Scope);
            writer.Write(key.Key);
            writer.Write((ulong)(key.Fingerprint >> 64));
            writer.Write((ulong)key.Fingerprint);
            writer.Write(key.KeepFor.Ticks);
        }

        writer.Write7BitEncodedInt(append.Events.Length);
        foreach (var content in append.Events) Write(writer, content);
    }

    public static Append ReadAppend(BinaryReader reader)
    {
        IdempotencyKey? key = null;
        if (reader.ReadBoolean())
        {
            var (scope, name) = (reader.ReadString(), reader.ReadString());
            var fingerprint = ((UInt128)reader.ReadUInt64() << 64) | reader.ReadUInt64();
            key = new IdempotencyKey(scope, name, fingerprint, TimeSpan.FromTicks(reader.ReadInt64()));
        }

        var events = new Event[reader.Read7BitEncodedInt()];
        for (var i = 0; i < events.Length; i++) events[i] = ReadEvent(reader);
        return new Append(ImmutableCollectionsMarshal.AsImmutableArray(events)) { Idempotency = key };
    }

    private static void Write(BinaryWriter writer, Event content)
    {
        var parts = (content.IsPrivate ? Parts.Private : Parts.None) | (content.Id.IsNone ? Parts.None : Parts.Id) | (content.Type.Value.Length == 0 ? Parts.None : Parts.Type)
            | (content.RetryMilliseconds is null ? Parts.None : Parts.Retry) | (content.Key is null ? Parts.None : Parts.Key);
        writer.Write((byte)parts);
        writer.Write7BitEncodedInt(content.Topics.Length);
        foreach (var topic in content.Topics) writer.Write(topic.Value);
        if (parts.HasFlag(Parts.Id)) writer.Write(content.Id.Value);
        if (parts.HasFlag(Parts.Type)) writer.Write(content.Type.Value);
        if (content.RetryMilliseconds is { } retry) writer.Write(retry);
        if (content.Key is { } key) writer.Write(key);
        writer.Write7BitEncodedInt(content.Data.Length);
        writer.Write(content.Data.Span);
    }

    private static Event ReadEvent(BinaryReader reader)
    {
        var parts = (Parts)reader.ReadByte();
        var topics = new Topic[reader.Read7BitEncodedInt()];
        for (var i = 0; i < topics.Length; i++) topics[i] = Topic.Parse(reader.ReadString());
        var id = parts.HasFlag(Parts.Id) ? EventId.Parse(reader.ReadString()) : default;
        var type = parts.HasFlag(Parts.Type) ? EventType.Parse(reader.ReadString()) : default;
        int? retry = parts.HasFlag(Parts.Retry) ? reader.ReadInt32() : null;
        var key = parts.HasFlag(Parts.Key) ? reader.ReadString() : null;
        var data = reader.ReadBytes(reader.Read7BitEncodedInt());
        return Event.Restore(ImmutableCollectionsMarshal.AsImmutableArray(topics), data, id, type, retry, parts.HasFlag(Parts.Private), key);
    }
}
