using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Reads a batch: one event a line, empty lines passed over. What is wrong is told with the number of its line, from 1.</summary>
internal static class BatchReader
{
    public static Refusal? Read(HubIdentity hub, ReadOnlySpan<byte> body, LimitOptions limits, out ImmutableArray<Event> events)
    {
        events = [];
        var builder = ImmutableArray.CreateBuilder<Event>();
        var number = 0;
        // RFC 8259, 8.1: "implementations that parse JSON texts MAY ignore the presence of a byte order mark"; editors of some systems write one.
        if (body.StartsWith(Encoding.UTF8.Preamble)) body = body[Encoding.UTF8.Preamble.Length..];
        foreach (var range in body.Split((byte)'\n'))
        {
            number++;
            var line = body[range].Trim(" \t\r"u8);
            if (line.IsEmpty) continue;
            if (builder.Count == limits.BatchEvents) return Refusal.TooLarge($"The batch has more than {limits.BatchEvents} events, the most that are taken at once.");
            if (ReadLine(hub, line, out var made) is { } error) return Refusal.Invalid($"Line {number}: {error}");
            builder.Add(made!);
        }

        if (builder.Count == 0) return Refusal.Invalid("The batch has no event: send one JSON object a line.");
        events = builder.DrainToImmutable();
        return null;
    }

    private static string? ReadLine(HubIdentity hub, ReadOnlySpan<byte> line, out Event? made)
    {
        made = null;
        if (!Utf8.IsValid(line)) return "This is not valid UTF-8.";
        try
        {
            var reader = new Utf8JsonReader(line);
            return JsonEvent.Read(ref reader, out var fields) ?? fields!.Build(hub, out made);
        }
        catch (JsonException failure)
        {
            return $"This is not JSON (at byte {failure.BytePositionInLine + 1}): send one object a line.";
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for an escaped lone surrogate, which JSON allows and Unicode does not.
            return "A text holds a lone surrogate: it is not Unicode text.";
        }
    }
}
