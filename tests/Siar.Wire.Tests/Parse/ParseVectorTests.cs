using System.Text;
using System.Text.Json;

namespace Siar.Wire.Tests.Parse;

public sealed class ParseVectorTests
{
    public static TheoryData<string, string> All => VectorFile.Names("parse");

    [Theory]
    [MemberData(nameof(All))]
    public void Reports_what_the_vector_says_however_the_bytes_are_cut(string file, string name)
    {
        var vector = VectorFile.Find("parse", file, name);
        var options = Options(vector);
        var streams = Streams(vector);
        var expected = Expected(vector);

        ParseRun.Of(options, streams.Select(Pieces.Whole)).ShouldBeSameAs(expected, "whole");
        ParseRun.Of(options, streams.Select(s => Pieces.OfSize(s, 1))).ShouldBeSameAs(expected, "byte by byte");
        for (var at = 0; at <= streams.Max(s => s.Length); at++)
            ParseRun.Of(options, streams.Select(s => Pieces.InTwo(s, Math.Min(at, s.Length)))).ShouldBeSameAs(expected, $"cut at {at}");
    }

    private static byte[][] Streams(JsonElement vector) => vector.TryGetProperty("streams", out var streams)
        ? [.. streams.EnumerateArray().Select(s => s.ValueKind == JsonValueKind.String ? Encoding.UTF8.GetBytes(s.GetString()!) : s.Bytes("input")!)]
        : [vector.Bytes("input")!];

    private static SseParserOptions Options(JsonElement vector)
    {
        var defaults = SseParserOptions.Default;
        if (!vector.TryGetProperty("limits", out var limits)) return defaults;
        return new SseParserOptions
        {
            MaxLineBytes = limits.Number("line") ?? defaults.MaxLineBytes,
            MaxEventBytes = limits.Number("event") ?? defaults.MaxEventBytes,
            MaxIdBytes = limits.Number("id") ?? defaults.MaxIdBytes,
        };
    }

    private static ParseRun Expected(JsonElement vector) => new(
        [.. vector.GetProperty("expect").EnumerateArray().Select(Line)],
        vector.Text("error") switch
        {
            "line" => SseLimit.LineTooLong,
            "event" => SseLimit.EventTooLong,
            "id" => SseLimit.IdTooLong,
            _ => null,
        },
        vector.Text("lastEventId") ?? "");

    private static string Line(JsonElement entry)
    {
        if (entry.TryGetProperty("event", out var e))
            return Recorder.Event(e.Text("type") ?? "message", e.Text("data")!, e.Text("lastEventId") ?? "");
        if (entry.Text("comment") is { } comment) return Recorder.Comment(comment);
        return entry.Number("retry") is { } retry ? Recorder.Retry(retry) : Recorder.LastEventId(entry.Text("lastEventId")!);
    }
}
