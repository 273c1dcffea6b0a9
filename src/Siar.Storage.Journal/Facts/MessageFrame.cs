using System.Buffers.Binary;
using Siar.Hub;

namespace Siar.Storage.Journal.Facts;

/// <summary>
/// How a fact stands in messages: usually in one; where the engine takes no message so large, in several, one directly behind the other. What is not
/// followed by its next part was given up, since another message came between, and counts for nothing.
/// </summary>
internal readonly record struct MessageFrame(Guid Id, int Part, int Parts, ReadOnlyMemory<byte> Content)
{
    private const byte Mark = (byte)'S';
    private const byte Version = 1;
    private const int HeaderBytes = 2 + 16 + 4 + 4;

    /// <summary>The messages of a fact.</summary>
    public static IReadOnlyList<byte[]> Split(Guid id, byte[] fact, int maxMessageBytes)
    {
        var room = maxMessageBytes - HeaderBytes;
        var parts = Math.Max(1, (fact.Length + room - 1) / room);
        var messages = new byte[parts][];
        for (var i = 0; i < parts; i++)
        {
            var content = fact.AsSpan(i * room, Math.Min(room, fact.Length - (i * room)));
            var message = messages[i] = new byte[HeaderBytes + content.Length];
            message[0] = Mark;
            message[1] = Version;
            id.TryWriteBytes(message.AsSpan(2));
            BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(18), i);
            BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(22), parts);
            content.CopyTo(message.AsSpan(HeaderBytes));
        }

        return messages;
    }

    /// <summary>Reads a message.</summary>
    /// <exception cref="FormatException">It is not one of ours.</exception>
    /// <exception cref="LogUnavailableException">A later version wrote it.</exception>
    public static MessageFrame Read(ReadOnlyMemory<byte> message)
    {
        var bytes = message.Span;
        if (bytes.Length < 2 || bytes[0] != Mark) throw new FormatException("A message of the log's stream is not a hub's: something else was published on its subject.");
        if (bytes[1] > Version) throw Newer();
        if (bytes.Length < HeaderBytes) throw new FormatException("A message of the log's stream is cut off.");
        return new MessageFrame(new Guid(bytes.Slice(2, 16)), BinaryPrimitives.ReadInt32BigEndian(bytes[18..]), BinaryPrimitives.ReadInt32BigEndian(bytes[22..]), message[HeaderBytes..]);
    }

    /// <summary>What is said where a later version has written.</summary>
    public static LogUnavailableException Newer() =>
        new(LogState.Unavailable, "A later version of Siar has written to the log: run that version in this hub as well.");
}

/// <summary>Puts the parts of facts together. Not safe for concurrent use.</summary>
internal sealed class FactAssembly
{
    private readonly List<MessageFrame> _parts = [];

    /// <summary>Takes the next message.</summary>
    /// <returns>The fact that is complete with it; null where more is to come.</returns>
    public JournalFact? Add(JournalEntry entry)
    {
        var frame = MessageFrame.Read(entry.Message);
        if (frame.Part != _parts.Count || (_parts.Count > 0 && _parts[0].Id != frame.Id)) _parts.Clear();
        if (frame.Part != _parts.Count) return null;
        _parts.Add(frame);
        if (_parts.Count < frame.Parts) return null;
        var content = frame.Parts == 1 ? frame.Content : _parts.SelectMany(p => p.Content.ToArray()).ToArray();
        _parts.Clear();
        var (fact, clock) = FactCodec.Read(content);
        return new JournalFact(entry.Sequence, frame.Id, clock ?? entry.Time, fact);
    }

    /// <summary>Forgets what is not complete.</summary>
    public void Clear() => _parts.Clear();
}
