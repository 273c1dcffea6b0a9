using FsCheck;
using FsCheck.Fluent;
using Siar.Hub;
using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Hostile;

/// <summary>Invariant 5 on the doors of the Mercure path: in development, where everything is allowed, and with keys, where tokens are read.</summary>
public sealed class HostileMercureTests
{
    private static readonly Gen<string> Word = Gen.Elements(
        "a", "/", "//", "..", "*", "%", "%2", "%zz", "%25", "%00", "%0A", "%0D%0AX-Forged:%201", "%20", "%2F", "%3A", "%7B", "%FF", "%C3%A9", "%ED%A0%80", "%F0%9F%99%82",
        "%E2%80%AE", "#", "+", "~", "{", "}", "(", ")", "[(", ":id", ":", "?", "&", "=", ";", "earliest", "siar.gap", "mercure", "%23aaaaaaaa.1", "data:%20forged%0A%0A",
        "https://example.com/", ".well-known/mercure", "subscriptions", "exact", "urlpattern", "urn%3Auuid%3A", "-1", "0", "99999999999999999999", "on", "{/x}?", "{id}");

    private static readonly Gen<string> Text = from words in Gen.ListOf(Word) select string.Concat(words.Take(6));

    private static readonly Gen<string> Field = Gen.Elements(
        "match", "match_exact", "match_urlpattern", "matchX", "topic", "data", "id", "type", "retry", "private", "last_event_id", "lastEventID", "Last-Event-ID", "lastEventId",
        "signals", "authorization", "access_token", "", "%6Datch");

    private static readonly Gen<string> Fields = from fields in Gen.ListOf(from name in Field from value in Text select $"{name}={value}") select string.Join('&', fields.Take(5));

    private static readonly Gen<string> Token = Gen.OneOf(
        Gen.Constant(Keyring.Publisher("*")), Gen.Constant(Keyring.Subscriber("*")), Gen.Constant(Keyring.LegacyPublisher("*")), Gen.Constant(Keyring.LegacySubscriber("*")),
        Gen.Constant("eyJhbGciOiJub25lIn0.eyJtZXJjdXJlIjp7InB1Ymxpc2giOlsiKiJdfX0."), Gen.Constant(new string('x', 60)), Gen.Constant("."), Gen.Constant("a.b.c.d.e" + new string('=', 50)),
        from text in Text select text);

    private static readonly Gen<string> Header = Gen.OneOf(
        from token in Token from scheme in Gen.Elements("Bearer", "bearer", "Basic", "Bearer Bearer") select $"Authorization: {scheme} {token}\r\n",
        from token in Token from name in Gen.Elements("__Secure-mercure_access_token", "mercureAuthorization") select $"Cookie: {name}={token}; x=\"\r\n",
        from text in Gen.Elements("1", "earliest", "\u00ff", "", "a b", "#aaaaaaaa.1") select $"Last-Event-ID: {text}\r\n",
        Gen.Elements(
            "Accept: text/event-stream\r\n", "Accept: application/json\r\n", "Accept: ;q\r\n", "Origin: null\r\n", "Origin: http://localhost\r\n", "Origin: https://evil.example\r\n", "Referer: x\r\n",
            "Content-Type: application/x-www-form-urlencoded\r\n", "Content-Type: text/plain\r\n", "Content-Encoding: gzip\r\n", "If-None-Match: *\r\n", "If-None-Match: \"\r\n", "Access-Control-Request-Method: POST\r\n"));

    private static readonly Gen<HostileRequest> Requests =
        from method in Gen.Elements("GET", "GET", "POST", "POST", "QUERY", "HEAD", "OPTIONS", "DELETE")
        from path in Gen.Frequency(
            (4, Gen.Constant("")), (1, Gen.Constant("/subscriptions")), (2, Text.Select(t => "/subscriptions/" + t)), (1, Text.Select(t => "/subscriptions/exact/a/" + t)))
        from query in Fields
        from headers in Gen.ListOf(Header)
        from body in Fields
        from form in Gen.Elements(true, true, false)
        let type = form && !headers.Any(h => h.StartsWith("Content-Type", StringComparison.Ordinal)) ? "Content-Type: application/x-www-form-urlencoded\r\n" : ""
        select new HostileRequest(
            method, $"/.well-known/mercure{path}{(query.Length > 0 ? "?" + query : "")}", type + string.Concat(headers.Take(3)),
            method is "POST" or "QUERY" ? System.Text.Encoding.Latin1.GetBytes("topic=a&match=b&" + body) : []);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_request_breaks_the_hub_or_another_stream(bool hasKeys)
    {
        await using var hub = await TestHub.StartAsync(hasKeys
            ? Keyring.Open(o => o.Limits.PublishesPerAddress = 1_000_000)
            : new TestHubSetup { Options = o => o.Limits.PublishesPerAddress = 1_000_000 });
        using var stream = await Mercure.MercureClient.OpenAsync(hub, "match=watched");
        var taken = 0;
        foreach (var request in Take(1_500))
        {
            using var connection = await hub.ConnectAsync();
            await connection.SendAsync(request.Head + System.Text.Encoding.Latin1.GetString(request.Body));
            var answer = await connection.ReadThroughAsync("\r\n\r\n");
            answer.ShouldMatch("^HTTP/1.1 [234]", request.ToString());
            answer.ShouldNotContain("\r\nX-Forged", Case.Insensitive);
            if (answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) taken++;
        }

        taken.ShouldBeGreaterThan(hasKeys ? 10 : 100);
        await hub.Hub.PublishAsync("watched", "still here");
        (await stream.NextAsync()).ShouldEndWith("data: still here\n\n");
        while (hub.Core.Subscribers > 1) await Task.Yield();
        hub.Log.Errors.ShouldBeEmpty();
    }

    private static List<HostileRequest> Take(int count)
    {
        var taken = new List<HostileRequest>(count);
        Generated.Check(Requests, taken.Add, count);
        return taken;
    }
}
