using System.Text;
using System.Text.Json;
using Siar.Hub;

namespace Siar.Storage.Postgres;

/// <summary>A retention plan as it stands in the log, so that all hubs trim by one. Two plans are the same where their texts are.</summary>
internal static class PlanText
{
    public static string Write(RetentionPlan plan)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("idempotencyKeys", plan.IdempotencyKeys);
            json.WriteNumber("closedTopics", plan.ClosedTopics);
            json.WriteNumber("trimmedTopics", plan.TrimmedTopics);
            json.WriteStartArray("classes");
            foreach (var of in plan.Classes)
            {
                json.WriteStartObject();
                json.WriteString("prefix", of.Prefix);
                if (of.Limits.MaxCount is { } count) json.WriteNumber("maxCount", count);
                if (of.Limits.MaxAge is { } age) json.WriteNumber("maxAgeTicks", age.Ticks);
                if (of.Limits.MaxBytes is { } bytes) json.WriteNumber("maxBytes", bytes);
                json.WriteNumber("maxKeys", of.Limits.MaxKeys);
                if (of.PrivateOnly) json.WriteBoolean("privateOnly", true);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public static RetentionPlan Read(string text)
    {
        using var json = JsonDocument.Parse(text);
        var classes = json.RootElement.GetProperty("classes").EnumerateArray().Select(ReadClass).ToList();
        return new RetentionPlan(classes.Single(c => c.Prefix.Length == 0).Limits, classes.Where(c => c.Prefix.Length > 0))
        {
            IdempotencyKeys = json.RootElement.GetProperty("idempotencyKeys").GetInt32(),
            ClosedTopics = json.RootElement.GetProperty("closedTopics").GetInt32(),
            TrimmedTopics = json.RootElement.GetProperty("trimmedTopics").GetInt32(),
        };
    }

    private static RetentionClass ReadClass(JsonElement of)
    {
        var age = Number(of, "maxAgeTicks") is { } ticks ? TimeSpan.FromTicks(ticks) : (TimeSpan?)null;
        var limits = new RetentionLimits(Number(of, "maxCount"), age, Number(of, "maxBytes")) { MaxKeys = of.GetProperty("maxKeys").GetInt64() };
        return new RetentionClass(of.GetProperty("prefix").GetString()!, limits, of.TryGetProperty("privateOnly", out var only) && only.GetBoolean());
    }

    private static long? Number(JsonElement of, string name) => of.TryGetProperty(name, out var number) ? number.GetInt64() : null;
}
