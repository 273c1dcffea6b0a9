using System.Text;

namespace Siar.Wire.Tests.Parse;

/// <summary>
/// The standard's algorithm, step by step and in no hurry: decode the whole stream, cut it into lines, interpret each. It knows nothing of
/// pieces, borrowed bytes or limits, which is what makes it a judge of the parser that does.
/// </summary>
internal static class PlainParser
{
    public static ParseRun Run(byte[] stream)
    {
        var text = Encoding.UTF8.GetString(stream);
        if (text.StartsWith('\uFEFF')) text = text[1..];
        var reports = new List<string>();
        string data = "", type = "", idBuffer = "", lastEventId = "";
        var sawId = false;
        foreach (var line in EndedLines(text))
        {
            if (line.Length == 0)
            {
                lastEventId = idBuffer;
                if (data.Length > 0) reports.Add(Recorder.Event(type.Length > 0 ? type : "message", data[..^1], lastEventId));
                else if (sawId) reports.Add(Recorder.LastEventId(lastEventId));
                data = type = "";
                sawId = false;
                continue;
            }

            var colon = line.IndexOf(':');
            var name = colon < 0 ? line : line[..colon];
            var value = colon < 0 ? "" : line[(colon + 1)..];
            if (colon == 0)
            {
                reports.Add(Recorder.Comment(value));
                continue;
            }

            if (value.StartsWith(' ')) value = value[1..];
            switch (name)
            {
                case "data": data += value + "\n"; break;
                case "event": type = value; break;
                case "id" when !value.Contains('\0'): idBuffer = value; sawId = true; break;
                case "retry" when value.Length > 0 && value.All(char.IsAsciiDigit):
                    reports.Add(Recorder.Retry((int)System.Numerics.BigInteger.Min(System.Numerics.BigInteger.Parse(value), int.MaxValue)));
                    break;
            }
        }

        return new ParseRun(reports, null, lastEventId);
    }

    private static string[] EndedLines(string text) => text.Replace("\r\n", "\n").Replace('\r', '\n').Split('\n')[..^1];
}
