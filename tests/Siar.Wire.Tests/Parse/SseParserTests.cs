using System.Text;
using Siar.TestKit;

namespace Siar.Wire.Tests.Parse;

public sealed class SseParserTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(400)]
    public void An_event_of_many_mebibytes_comes_through_whole(int pieces)
    {
        var data = string.Create(7 << 20, 0, (span, _) => { for (var i = 0; i < span.Length; i++) span[i] = (char)('a' + i % 26); });
        var bytes = Encoding.UTF8.GetBytes($"data: {data}\n\n");
        var run = ParseRun.Of(SseParserOptions.Default, [Pieces.OfSize(bytes, bytes.Length / pieces + 1)]);
        run.Reports.ShouldBe([Recorder.Event("message", data, "")]);
    }

    [Fact]
    public void Many_events_in_one_piece_keep_their_order()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(i => $"id: {i}\ndata: {i}\n\n")));
        var run = ParseRun.Of(SseParserOptions.Default, [Pieces.Whole(bytes)]);
        run.Reports.ShouldBe(Enumerable.Range(0, 1000).Select(i => Recorder.Event("message", $"{i}", $"{i}")));
    }

    [Fact]
    public void A_line_without_an_end_is_stopped_at_the_limit_and_not_at_the_end_of_memory()
    {
        var parser = new SseParser(new Recorder(), new SseParserOptions { MaxLineBytes = 1 << 20 });
        var piece = Enumerable.Repeat((byte)'a', 1000).ToArray();
        var fed = 0;
        var error = Should.Throw<SseLimitException>(() => { while (true) { parser.Feed(piece); fed += piece.Length; } });
        error.Limit.ShouldBe(SseLimit.LineTooLong);
        error.Maximum.ShouldBe(1 << 20);
        fed.ShouldBeInRange((1 << 20) - 1000, 1 << 20);
    }

    [Fact]
    public void After_an_error_the_parser_refuses_bytes_until_the_stream_is_ended()
    {
        var recorder = new Recorder();
        var parser = new SseParser(recorder, new SseParserOptions { MaxLineBytes = 8 });
        parser.Feed("id: 1\n\n"u8);
        Should.Throw<SseLimitException>(() => parser.Feed("data: too long"u8));
        Should.Throw<InvalidOperationException>(() => parser.Feed("\n"u8)).Message.ShouldContain("EndOfStream");
        parser.EndOfStream();
        parser.Feed("data: b\n\n"u8);
        recorder.Reports[^1].ShouldBe(Recorder.Event("message", "b", "1"));
    }

    [Fact]
    public void An_exception_of_the_handler_leaves_through_the_feed_and_the_event_counts_as_delivered()
    {
        var parser = new SseParser(new Thrower());
        Should.Throw<NotSupportedException>(() => parser.Feed("id: 1\ndata: a\n\ndata: b\n\n"u8));
        Should.Throw<InvalidOperationException>(() => parser.Feed("x"u8));
        SseText.Decode(parser.LastEventId).ShouldBe("1");
    }

    [Fact]
    public void The_handler_may_not_call_the_parser()
    {
        foreach (var call in new Action<SseParser>[] { p => p.Feed("data: again\n\n"u8), p => p.EndOfStream(), p => p.Reset() })
        {
            var caller = new Caller(call);
            caller.Parser = new SseParser(caller);
            Should.Throw<InvalidOperationException>(() => caller.Parser.Feed("data: a\n\n"u8)).Message.ShouldContain("own handler");
            caller.Parser.EndOfStream();
        }
    }

    [Fact]
    public void A_reset_forgets_the_block_and_takes_the_id_it_is_given()
    {
        var recorder = new Recorder();
        var parser = new SseParser(recorder);
        parser.Feed("id: 1\ndata: a\n\ndata: lost\nid: 2\nevent: lost\n"u8);
        parser.Reset("given"u8);
        parser.Feed("\uFEFFdata: b\n\n"u8);
        parser.Reset();
        parser.Feed("data: c\n\n"u8);
        recorder.Reports[1..].ShouldBe([Recorder.Event("message", "b", "given"), Recorder.Event("message", "c", "")]);
        parser.LastEventId.Length.ShouldBe(0);
    }

    [Fact]
    public void Parsing_allocates_nothing_once_its_buffers_have_grown()
    {
        var counter = new Counter();
        var parser = new SseParser(counter);
        var stream = "event: price\nid: e1-42\nretry: 10\n:c\ndata: a\r\ndata: b\r\n\r\ndata: c\n\nid: 3\n\n"u8.ToArray();
        var one = new byte[1];
        void Once()
        {
            parser.Feed(stream);
            foreach (var b in stream)
            {
                one[0] = b;
                parser.Feed(one);
            }
        }

        Once();
        counter.Events.ShouldBe(4);
        Allocations.OfCheapestRound(Once).ShouldBe(0);
    }

    [Fact]
    public void The_default_type_is_decoded_without_a_new_string()
    {
        var types = new TypeKeeper();
        var parser = new SseParser(types);
        parser.Feed("data: a\n\nevent: message\ndata: b\n\n"u8);
        types.Types.ShouldAllBe(t => ReferenceEquals(t, "message"));
        types.Types.Count.ShouldBe(2);
    }

    [Fact]
    public void Limits_must_be_positive()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new SseParserOptions { MaxLineBytes = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new SseParserOptions { MaxEventBytes = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new SseParserOptions { MaxIdBytes = int.MaxValue }).Message.ShouldContain("MaxIdBytes");
    }

    private sealed class Thrower : ISseHandler
    {
        public void OnEvent(in SseMessage message) => throw new NotSupportedException();
    }

    private sealed class Caller(Action<SseParser> call) : ISseHandler
    {
        public SseParser? Parser { get; set; }

        public void OnEvent(in SseMessage message) => call(Parser!);
    }

    private sealed class Counter : ISseHandler
    {
        public int Events { get; private set; }

        public void OnEvent(in SseMessage message) => Events++;
    }

    private sealed class TypeKeeper : ISseHandler
    {
        public List<string> Types { get; } = [];

        public void OnEvent(in SseMessage message) => Types.Add(message.DecodeType());
    }
}
