namespace Siar.Wire.Tests.Parse;

/// <summary>Writes down what a parser reports, one readable line each, so that two runs compare as lists of text.</summary>
internal sealed class Recorder : ISseHandler
{
    public List<string> Reports { get; } = [];

    public static string Event(string type, string data, string lastEventId) => $"event {Quote(type)} {Quote(data)} {Quote(lastEventId)}";

    public static string Comment(string text) => $"comment {Quote(text)}";

    public static string Retry(int milliseconds) => $"retry {milliseconds}";

    public static string LastEventId(string id) => $"lastEventId {Quote(id)}";

    public void OnEvent(in SseMessage message) =>
        Reports.Add(Event(message.DecodeType(), message.DecodeData(), message.DecodeLastEventId()));

    public void OnComment(ReadOnlySpan<byte> text) => Reports.Add(Comment(SseText.Decode(text)));

    public void OnRetry(int milliseconds) => Reports.Add(Retry(milliseconds));

    public void OnLastEventId(ReadOnlySpan<byte> lastEventId) => Reports.Add(LastEventId(SseText.Decode(lastEventId)));

    private static string Quote(string text) => $"<{text}>";
}
