using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Hostile;

/// <summary>Requests that nobody meant well: made of the words and bytes on which the doors' decisions hang. The same on every run.</summary>
internal static class HostileRequests
{
    private static readonly Gen<string> Word = Gen.Elements(
        "a", "b", "/", "//", "..", ".", "*", "%", "%2", "%zz", "%25", "%00", "%0A", "%0D", "%0d%0aX-Forged:%201", "%20", "%2F", "%3A", "%7B", "%7D", "%FF", "%C3%A9",
        "%ED%A0%80", "%F0%9F%99%82", "%E2%80%AE", "%EF%BB%BF", "%23", "#", "+", "~", "{", "}", "(", ")", ":", "?", "&", "=", ";", "earliest", "siar.live", "siar.gap",
        "mercure", "%23aaaaaaaa.1", "data:%20forged%0A%0A", "event:%20forged", ".well-known/mercure", "https://example.com/", "-1", "0", "7", "99999999999999999999", "on");

    private static readonly Gen<string> Text = from words in Gen.ListOf(Word) select string.Concat(words.Take(8));

    private static readonly Gen<string> Field = Gen.Elements(
        "topic", "pattern", "template", "type", "id", "retry", "private", "key", "lastEventId", "last_event_id", "lastEventID", "limit", "wait", "refusal", "TOPIC", "", "x");

    private static readonly Gen<string> Target =
        from path in Gen.Frequency((1, Gen.Constant("/events")), (3, Text.Select(t => "/events/" + t)), (1, Text.Select(t => "http://localhost/events/" + t)), (1, Text.Select(t => "/mapped" + t)))
        from fields in Gen.ListOf(from name in Field from value in Text select $"{name}={value}")
        from last in Gen.Elements("", "&", "&topic=b", "&topic=%2F")
        select fields.Count + last.Length == 0 ? path : $"{path}?{string.Join('&', fields.Take(5))}{last}";

    private static readonly Gen<string> HeaderWord = Gen.Elements(
        "text/event-stream", "application/json", "application/x-ndjson", "text/plain", "*/*", ";q=0", ";q=2", ", ", "; charset=utf-8", "; charset=latin1", "; charset=\"", "gzip",
        "identity", "\u00e9", "\u00c3\u00a9", "\u00ff", "\"", "#aaaaaaaa.1", "earliest", " ", "x", "localhost", "http://localhost", "null", "evil.example", "W/\"1\"", "\t");

    private static readonly Gen<string> Header =
        from name in Gen.Elements("Accept", "Last-Event-ID", "Content-Type", "Content-Encoding", "Origin", "If-None-Match", "Host", "Expect", "Cookie", "X-Forwarded-Host")
        from words in Gen.ListOf(HeaderWord)
        select $"{name}: {string.Concat(words.Take(4))}\r\n";

    private static readonly Gen<byte[]> BodyPart = Gen.Frequency(
        (40, Gen.Elements(
            "data: forged\n\n", "event: siar.live\n", "id: forged\n", "retry: 1\n", ":", "\n", "\r", "\r\n", "\n\n", "\0", "é", "🙂", "\uFEFF", "x", " ",
            "{\"topics\":[\"a\"],\"data\":\"x\"}", "{\"topics\":[\"b\",\"a\"],\"data\":\"\\n\\ndata: forged\\n\\n\",\"id\":\"i\"}", "{\"topics\":[\"a\"],\"type\":\"x\\ny\"}",
            "{\"topics\":[\"a\"],\"data\":\"\\ud800\"}", "{\"topics\":[\"a\"],\"private\":true,\"key\":\"k\",\"retry\":5}", "{\"topics\":[\"*\"]}", "[[[[", "{\"topics\":", "\"", "\\u0000", "}")
            .Select(Encoding.UTF8.GetBytes)),
        (1, Gen.Choose(0, 255).Select(b => new[] { (byte)b })));

    private static readonly Gen<byte[]> Text8 = from parts in Gen.ListOf(BodyPart) select parts.SelectMany(p => p).ToArray();

    private static readonly Gen<byte[]> Line =
        from data in Text8
        from topic in Gen.Elements("a", "b", "a/b", "é", "https://example.com/a?b#c")
        from member in Gen.Elements("id", "type", "key", "")
        from value in Gen.Elements("x", "a: b", "🙂", ":", " ", "event", "x\ny")
        select JsonSerializer.SerializeToUtf8Bytes(member.Length == 0
            ? new Dictionary<string, object> { ["topics"] = new[] { topic }, ["data"] = Encoding.UTF8.GetString(data) }
            : new Dictionary<string, object> { ["topics"] = new[] { topic, "c" }, [member] = value, ["private"] = true, ["data"] = Encoding.UTF8.GetString(data) });

    private static readonly Gen<byte[]> Batch =
        from lines in Gen.ListOf(Line)
        from end in Gen.Elements("\n", "\r\n", "\n\n", "\r")
        select lines.Take(4).SelectMany(l => l.Concat(Encoding.UTF8.GetBytes(end))).ToArray();

    private static readonly Gen<HostileRequest> Tricky =
        from target in Gen.Frequency((2, Target), (1, Gen.Constant("/events")))
        from headers in Gen.ListOf(Header)
        from type in Gen.Elements("Content-Type: application/x-ndjson\r\n", "Content-Type: text/plain\r\n", "")
        from body in Text8
        select new HostileRequest("POST", target, type + string.Concat(headers.Take(3)), body);

    private static readonly Gen<HostileRequest> Honest =
        from target in Gen.Elements("/events/a", "/events/a/b?topic=a", "/events?topic=b&type=x&id=y", "/events/%C3%A9?key=%C3%A9&private", "/events/a?id=%E4%B8%AD&retry=0")
        from body in Text8
        select new HostileRequest("POST", target, "", body);

    private static readonly Gen<HostileRequest> Batched =
        from body in Batch select new HostileRequest("POST", "/events", "Content-Type: application/x-ndjson\r\n", body);

    /// <summary>Publishes, well-formed as HTTP.</summary>
    public static IReadOnlyList<HostileRequest> Publishes(int count) => Take(count, Gen.Frequency((2, Tricky), (1, Honest), (1, Batched)));

    /// <summary>Subscriptions, well-formed as HTTP.</summary>
    public static IReadOnlyList<HostileRequest> Subscriptions(int count) => Take(count,
        from target in Gen.Frequency((3, Target), (1, Gen.Elements("/events/a", "/events/*?lastEventId=earliest", "/mapped?lastEventId=x", "/events?pattern=*&topic=b")))
        from headers in Gen.ListOf(Header)
        from method in Gen.Frequency((8, Gen.Constant("GET")), (1, Gen.Elements("HEAD", "OPTIONS", "QUERY", "DELETE", "PUT")))
        select new HostileRequest(method, target, string.Concat(headers.Take(4)), []));

    /// <summary>Bytes that are hardly HTTP.</summary>
    public static IReadOnlyList<byte[]> Noise(int count) => Take(count,
        from parts in Gen.ListOf(Gen.Frequency(
            (6, Gen.Elements("GET ", "POST ", "/events/a", "?topic=", " HTTP/1.1", " HTTP/1.0", "\r\n", "\n", "\r", "Host: localhost\r\n", "Transfer-Encoding: chunked\r\n", "Content-Length: 3\r\n",
                "Content-Length: -1\r\n", "5\r\nhello\r\n", "0\r\n\r\n", "ffffffffffffffff\r\n", "\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "%", ":", " ").Select(Encoding.ASCII.GetBytes)),
            (1, Gen.Choose(0, 255).Select(b => new[] { (byte)b }))))
        select parts.SelectMany(p => p).ToArray());

    private static List<T> Take<T>(int count, Gen<T> inputs)
    {
        var taken = new List<T>(count);
        Generated.Check(inputs, taken.Add, count);
        return taken;
    }
}

/// <summary>A request as it goes on the wire, one character a byte but for the body.</summary>
internal sealed record HostileRequest(string Method, string Target, string Headers, byte[] Body)
{
    public string Head
    {
        get
        {
            var host = Headers.Contains("Host:") ? "" : "Host: localhost\r\n";
            return $"{Method} {Target} HTTP/1.1\r\n{host}{Headers}Content-Length: {Body.Length}\r\nConnection: close\r\n\r\n";
        }
    }

    public override string ToString() => $"{Head}{Encoding.Latin1.GetString(Body)}";
}
