using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Siar.TestKit;
using Siar.Wire.Tests.Parse;

namespace Siar.Wire.Tests;

/// <summary>What the encoder writes, the parser reads: the same events, no more and no fewer.</summary>
public sealed class RoundTripTests
{
    private static readonly Gen<Rune> s_rune = Gen.Frequency(
        (6, Gen.Elements("\r\n\0\uFEFF\u0085\u2028 \t:adeivt01".EnumerateRunes().ToArray())),
        (2, Gen.Choose(0x20, 0x7E).Select(c => new Rune(c))),
        (1, Gen.Choose(0x80, 0xD7FF).Select(c => new Rune(c))),
        (1, Gen.Choose(0xE000, 0x10FFFF).Select(c => new Rune(c))));

    private static readonly Gen<string> s_text = s_rune.ArrayOf().Select(runes => string.Concat(runes.Select(r => r.ToString())));

    private static readonly Gen<string> s_field = s_text.Select(t => t.Replace("\r", "").Replace("\n", "").Replace("\0", ""));

    private static readonly Gen<Block> s_block =
        from kind in Gen.Elements(Enum.GetValues<Kind>())
        from type in s_field
        from id in s_field
        from retry in Gen.Choose(-1, int.MaxValue - 1)
        from data in s_text
        select new Block(kind, type, id, retry < 0 ? null : retry, data);

    private static readonly Gen<(Block[] Blocks, int[] Cuts)> s_stream =
        from blocks in s_block.ArrayOf()
        from cuts in Gen.Choose(0, int.MaxValue).ArrayOf()
        select (blocks, cuts);

    private enum Kind { Event, Comment, Id, Retry }

    [Fact]
    public void Any_events_come_back_as_they_were_but_for_their_line_ends() =>
        Generated.Check(s_stream, stream =>
        {
            var bytes = stream.Blocks.SelectMany(Encoded).ToArray();
            var expected = Expected(stream.Blocks);
            ParseRun.Of(SseParserOptions.Default, [Pieces.Whole(bytes)]).ShouldBeSameAs(expected, "whole");
            ParseRun.Of(SseParserOptions.Default, [Pieces.At(bytes, stream.Cuts)]).ShouldBeSameAs(expected, "in pieces");
        }, count: 2000);

    private static byte[] Encoded(Block block)
    {
        switch (block.Kind)
        {
            case Kind.Comment:
                var text = Encoding.UTF8.GetBytes(block.Data);
                var comment = new byte[SseComment.Measure(text)];
                SseComment.Write(text, comment).ShouldBe(comment.Length);
                return comment;
            case Kind.Id:
                if (block.Id.Length == 0) return [];
                var id = EventId.Parse(block.Id);
                var idOnly = new byte[SseEncoder.MeasureIdOnly(id)];
                SseEncoder.WriteIdOnly(id, idOnly).ShouldBe(idOnly.Length);
                return idOnly;
            case Kind.Retry:
                var retry = new byte[SseEncoder.MeasureRetry(block.Retry ?? 0)];
                SseEncoder.WriteRetry(block.Retry ?? 0, retry).ShouldBe(retry.Length);
                return retry;
            default:
                return EncodedEvent(block);
        }
    }

    private static byte[] EncodedEvent(Block block)
    {
        var e = new SseEvent
        {
            Type = block.Type.Length > 0 ? EventType.Parse(block.Type) : default,
            Id = block.Id.Length > 0 ? EventId.Parse(block.Id) : default,
            RetryMilliseconds = block.Retry,
            Data = Encoding.UTF8.GetBytes(block.Data),
        };
        var chunk = new byte[HttpChunk.Measure(SseEncoder.MeasureEvent(e))];
        HttpChunk.WriteEvent(e, chunk, out var offset, out var length).ShouldBe(chunk.Length);
        return chunk[offset..(offset + length)];
    }

    private static ParseRun Expected(Block[] blocks)
    {
        var reports = new List<string>();
        var lastEventId = "";
        foreach (var block in blocks)
        {
            var lines = block.Data.Replace("\r\n", "\n").Replace('\r', '\n');
            if (block.Kind is Kind.Event or Kind.Id && block.Id.Length > 0) lastEventId = block.Id;
            if (block.Kind is Kind.Comment) reports.AddRange(lines.Split('\n').Select(Recorder.Comment));
            if (block.Kind is Kind.Id && block.Id.Length > 0) reports.Add(Recorder.LastEventId(lastEventId));
            if (block.Kind is Kind.Retry || (block.Kind is Kind.Event && block.Retry is not null)) reports.Add(Recorder.Retry(block.Retry ?? 0));
            if (block.Kind is Kind.Event) reports.Add(Recorder.Event(block.Type.Length > 0 ? block.Type : "message", lines, lastEventId));
        }

        return new ParseRun(reports, null, lastEventId);
    }

    private sealed record Block(Kind Kind, string Type, string Id, int? Retry, string Data);
}
