using Siar.Hub;

namespace Siar.Storage.Journal.Facts;

/// <summary>A retention plan as bytes.</summary>
internal static class PlanCodec
{
    public static void Write(BinaryWriter writer, RetentionPlan plan)
    {
        writer.Write(plan.IdempotencyKeys);
        writer.Write(plan.ClosedTopics);
        writer.Write(plan.TrimmedTopics);
        writer.Write7BitEncodedInt(plan.Classes.Length);
        foreach (var of in plan.Classes)
        {
            writer.Write(of.Prefix);
            writer.Write(of.Limits.MaxCount ?? -1);
            writer.Write(of.Limits.MaxAge?.Ticks ?? -1);
            writer.Write(of.Limits.MaxBytes ?? -1);
            writer.Write(of.Limits.MaxKeys);
            writer.Write(of.PrivateOnly);
        }
    }

    public static RetentionPlan Read(BinaryReader reader)
    {
        var (keys, closed, trimmed) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        var classes = new RetentionClass[reader.Read7BitEncodedInt()];
        for (var i = 0; i < classes.Length; i++)
        {
            var prefix = reader.ReadString();
            var (count, age, bytes) = (NotNegative(reader.ReadInt64()), NotNegative(reader.ReadInt64()), NotNegative(reader.ReadInt64()));
            var limits = new RetentionLimits(count, age is { } ticks ? TimeSpan.FromTicks(ticks) : null, bytes) { MaxKeys = reader.ReadInt64() };
            classes[i] = new RetentionClass(prefix, limits, reader.ReadBoolean());
        }

        return new RetentionPlan(classes.Single(c => c.Prefix.Length == 0).Limits, classes.Where(c => c.Prefix.Length > 0))
        {
            IdempotencyKeys = keys,
            ClosedTopics = closed,
            TrimmedTopics = trimmed,
        };
    }

    public static string ToText(RetentionPlan plan)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        Write(writer, plan);
        return Convert.ToBase64String(stream.ToArray());
    }

    public static RetentionPlan FromText(string text)
    {
        using var reader = new BinaryReader(new MemoryStream(Convert.FromBase64String(text)));
        return Read(reader);
    }

    private static long? NotNegative(long number) => number < 0 ? null : number;
}
