namespace Siar.Wire.Tests.Parse;

/// <summary>What came of parsing some connections' bytes: the reports, the limit that stopped it, and the last event id.</summary>
internal sealed record ParseRun(IReadOnlyList<string> Reports, SseLimit? Error, string LastEventId)
{
    /// <summary>Feeds each connection's pieces, then ends its stream, which must report nothing.</summary>
    public static ParseRun Of(SseParserOptions options, IEnumerable<IEnumerable<byte[]>> connections)
    {
        var recorder = new Recorder();
        var parser = new SseParser(recorder, options);
        SseLimit? error = null;
        foreach (var pieces in connections)
        {
            error = Feed(parser, pieces);
            var reported = recorder.Reports.Count;
            parser.EndOfStream();
            recorder.Reports.Count.ShouldBe(reported, "the end of a stream reports nothing");
        }

        return new ParseRun(recorder.Reports, error, SseText.Decode(parser.LastEventId));
    }

    public void ShouldBeSameAs(ParseRun other, string because)
    {
        Reports.ShouldBe(other.Reports, because);
        Error.ShouldBe(other.Error, because);
        LastEventId.ShouldBe(other.LastEventId, because);
    }

    private static SseLimit? Feed(SseParser parser, IEnumerable<byte[]> pieces)
    {
        try
        {
            foreach (var piece in pieces) parser.Feed(piece);
            return null;
        }
        catch (SseLimitException e)
        {
            return e.Limit;
        }
    }
}
