using System.Text;
using Siar.TestKit;

namespace Siar.Wire.Tests.Parse;

public sealed class HostileStreamTests
{
    [Fact]
    public void Any_bytes_in_any_pieces_give_what_the_standards_own_steps_give() =>
        Generated.Check(Streams.Hostile, stream =>
        {
            var bytes = Streams.Joined(stream.Parts);
            var expected = PlainParser.Run(bytes);
            ParseRun.Of(SseParserOptions.Default, [Pieces.Whole(bytes)]).ShouldBeSameAs(expected, "whole");
            ParseRun.Of(SseParserOptions.Default, [Pieces.OfSize(bytes, 1)]).ShouldBeSameAs(expected, "byte by byte");
            ParseRun.Of(SseParserOptions.Default, [Pieces.At(bytes, stream.Cuts)]).ShouldBeSameAs(expected, "in pieces");
        }, count: 5000);

    [Fact]
    public void Limits_hold_and_stop_the_stream_at_the_same_place_however_it_is_cut() =>
        Generated.Check(Streams.Hostile, stream =>
        {
            var bytes = Streams.Joined(stream.Parts);
            var options = new SseParserOptions { MaxLineBytes = 24, MaxEventBytes = 12, MaxIdBytes = 4 };
            var whole = ParseRun.Of(options, [Pieces.Whole(bytes)]);
            ParseRun.Of(options, [Pieces.OfSize(bytes, 1)]).ShouldBeSameAs(whole, "byte by byte");
            ParseRun.Of(options, [Pieces.At(bytes, stream.Cuts)]).ShouldBeSameAs(whole, "in pieces");

            // What is reported up to a limit is a beginning of what is reported without one.
            var unlimited = ParseRun.Of(SseParserOptions.Default, [Pieces.Whole(bytes)]);
            if (whole.Error is null) whole.ShouldBeSameAs(unlimited, "no limit was met");
            else unlimited.Reports.Take(whole.Reports.Count).ShouldBe(whole.Reports);
        }, count: 5000);

    [Fact]
    public void Nothing_longer_than_its_limit_is_ever_reported() =>
        Generated.Check(Streams.Hostile, stream =>
        {
            var guard = new LimitGuard(new SseParserOptions { MaxLineBytes = 24, MaxEventBytes = 12, MaxIdBytes = 4 });
            var parser = new SseParser(guard, guard.Options);
            try
            {
                foreach (var piece in Pieces.At(Streams.Joined(stream.Parts), stream.Cuts)) parser.Feed(piece);
            }
            catch (SseLimitException e)
            {
                e.Message.ShouldContain(e.Maximum.ToString());
            }
        }, count: 2000);

    [Fact]
    public void Decoding_never_throws_whatever_the_bytes() =>
        Generated.Check(Streams.Hostile, stream => Encoding.UTF8.GetBytes(SseText.Decode(Streams.Joined(stream.Parts))).ShouldNotBeNull());

    private sealed class LimitGuard(SseParserOptions options) : ISseHandler
    {
        public SseParserOptions Options => options;

        public void OnEvent(in SseMessage message)
        {
            message.Data.Length.ShouldBeLessThanOrEqualTo(options.MaxEventBytes);
            message.Type.Length.ShouldBeInRange(1, options.MaxLineBytes);
            message.LastEventId.Length.ShouldBeLessThanOrEqualTo(options.MaxIdBytes);
        }

        public void OnComment(ReadOnlySpan<byte> text) => text.Length.ShouldBeLessThan(options.MaxLineBytes);

        public void OnRetry(int milliseconds) => milliseconds.ShouldBeGreaterThanOrEqualTo(0);

        public void OnLastEventId(ReadOnlySpan<byte> lastEventId) => lastEventId.Length.ShouldBeLessThanOrEqualTo(options.MaxIdBytes);
    }
}
