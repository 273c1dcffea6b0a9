using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Siar.Hub;

namespace Siar.Storage.Journal.Facts;

/// <summary>A fact as bytes: its kind, its time where a test gives one, and what it says.</summary>
internal static class FactCodec
{
    private enum Kind : byte
    {
        Founding = 1,
        Batch = 2,
        Tick = 3,
        PlanAdopted = 4,
        EpochBegun = 5,
        SnapshotBegun = 6,
    }

    /// <summary>Writes a fact.</summary>
    /// <param name="fact">The fact.</param>
    /// <param name="clock">What its time is; null for the engine's.</param>
    public static byte[] Write(Fact fact, DateTimeOffset? clock)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write((byte)KindOf(fact));
        writer.Write(clock?.ToUnixTimeMilliseconds() ?? long.MinValue);
        switch (fact)
        {
            case Fact.Founding founding:
                writer.Write(founding.Epoch.Value);
                PlanCodec.Write(writer, founding.Plan);
                break;
            case Fact.Batch batch:
                writer.Write7BitEncodedInt(batch.Appends.Length);
                foreach (var append in batch.Appends) EventCodec.Write(writer, append);
                break;
            case Fact.Tick tick:
                writer.Write(new byte[tick.Padding]);
                break;
            case Fact.PlanAdopted adopted:
                PlanCodec.Write(writer, adopted.Plan);
                break;
            case Fact.EpochBegun begun:
                writer.Write(begun.Epoch.Value);
                writer.Write(begun.After);
                break;
        }

        return stream.ToArray();
    }

    /// <summary>Reads a fact.</summary>
    /// <exception cref="LogUnavailableException">It is of a kind that a later version writes.</exception>
    /// <exception cref="FormatException">It is none.</exception>
    public static (Fact Fact, DateTimeOffset? Clock) Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var segment = MemoryMarshal.TryGetArray(bytes, out var array) ? array : new ArraySegment<byte>(bytes.ToArray());
            using var reader = new BinaryReader(new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false));
            var kind = (Kind)reader.ReadByte();
            var clock = reader.ReadInt64();
            return (Read(kind, reader), clock == long.MinValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(clock));
        }
        catch (Exception failure) when (failure is EndOfStreamException or ArgumentException or OverflowException or InvalidOperationException)
        {
            throw new FormatException("A message of the log's stream cannot be read: something else was published on its subject.", failure);
        }
    }

    private static Fact Read(Kind kind, BinaryReader reader) => kind switch
    {
        Kind.Founding => new Fact.Founding(ReadEpoch(reader), PlanCodec.Read(reader)),
        Kind.Batch => new Fact.Batch(ReadAppends(reader)),
        Kind.Tick => new Fact.Tick(),
        Kind.PlanAdopted => new Fact.PlanAdopted(PlanCodec.Read(reader)),
        Kind.EpochBegun => new Fact.EpochBegun(ReadEpoch(reader), reader.ReadInt64()),
        Kind.SnapshotBegun => new Fact.SnapshotBegun(),
        _ => throw MessageFrame.Newer(),
    };

    private static Kind KindOf(Fact fact) => fact switch
    {
        Fact.Founding => Kind.Founding,
        Fact.Batch => Kind.Batch,
        Fact.PlanAdopted => Kind.PlanAdopted,
        Fact.EpochBegun => Kind.EpochBegun,
        Fact.SnapshotBegun => Kind.SnapshotBegun,
        _ => Kind.Tick,
    };

    private static ImmutableArray<Append> ReadAppends(BinaryReader reader)
    {
        var appends = new Append[reader.Read7BitEncodedInt()];
        for (var i = 0; i < appends.Length; i++) appends[i] = EventCodec.ReadAppend(reader);
        return ImmutableCollectionsMarshal.AsImmutableArray(appends);
    }

    private static Epoch ReadEpoch(BinaryReader reader) =>
        Epoch.TryParse(reader.ReadString(), out var epoch) ? epoch : throw new FormatException("A message of the log's stream names no epoch: something else was published on its subject.");
}
