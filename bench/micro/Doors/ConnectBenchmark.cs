using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Siar.Auth;
using Siar.Topics;

namespace Siar.Bench.Micro.Doors;

/// <summary>
/// What a token costs at the beginning of a stream: <c>dotnet run -c Release --project bench/micro -- connect</c>. Connections with and without one by
/// turns, against a real server in this process; processor time of both sides, so that the ratio is a lower bound of the server's own.
/// </summary>
internal static class ConnectBenchmark
{
    private const int Rounds = 15;
    private const int Connections = 300;
    private const string Resource = "https://hub.example/.well-known/mercure";
    private const string Secret = "a secret that is long enough for HS256";

    public static void Run()
    {
        using var rsa = RSA.Create(2_048);
        var http = WebApplication.CreateSlimBuilder();
        http.Logging.ClearProviders();
        http.WebHost.UseUrls("http://127.0.0.1:0");
        http.Services.AddSiar(siar => (siar.Resource, siar.Limits.Connections) = (Resource, 1_000_000)).UseTokens(tokens =>
        {
            tokens.TrustedIssuers["hs"] = new() { Subscribe = { Keys = { Secret } } };
            tokens.TrustedIssuers["rs"] = new() { Subscribe = { Keys = { rsa.ExportSubjectPublicKeyInfoPem() } } };
        }).AllowAnonymousReaders("*");
        var app = http.Build();
        app.MapSiar();
        app.StartAsync().GetAwaiter().GetResult();
        var endpoint = new IPEndPoint(IPAddress.Loopback, new Uri(app.Urls.Single()).Port);
        var hs = new TokenMinter(SigningKey.FromSecret(Encoding.UTF8.GetBytes(Secret)), TimeProvider.System);
        var rs = new TokenMinter(SigningKey.FromPem(rsa.ExportPkcs8PrivateKeyPem()), TimeProvider.System);
        Compare(
            endpoint,
            ("no token", _ => null),
            ("HS256, the same token", Same(hs, "hs")),
            ("HS256, a token each", i => Mint(hs, "hs", i)),
            ("RS256, the same token", Same(rs, "rs")),
            ("RS256, a token each", i => Mint(rs, "rs", i)));
        app.StopAsync().GetAwaiter().GetResult();
    }

    private static void Compare(IPEndPoint endpoint, params (string Name, Func<int, string?> Token)[] ways)
    {
        var cost = ways.ToDictionary(w => w.Name, _ => new List<double>());
        for (var round = -3; round < Rounds; round++)
        {
            foreach (var (name, token) in ways)
            {
                // Made beforehand: making one is the issuer's cost.
                string?[] tokens = [.. Enumerable.Range(0, Connections).Select(i => token((round * Connections) + i))];
                var before = Environment.CpuUsage.TotalTime;
                foreach (var each in tokens) Connect(endpoint, each);
                if (round >= 0) cost[name].Add((Environment.CpuUsage.TotalTime - before).TotalMicroseconds / Connections);
            }
        }

        Console.WriteLine("| a stream's beginning and end | CPU, median | against no token |");
        Console.WriteLine("|---|---|---|");
        var least = Median(cost[ways[0].Name]);
        foreach (var (name, _) in ways) Console.WriteLine($"| {name} | {Median(cost[name]):F0} us | {Median(cost[name]) / least:F2} |");
    }

    private static void Connect(IPEndPoint endpoint, string? token)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(endpoint);
        socket.Send(Encoding.ASCII.GetBytes($"GET /events/a?signals=on HTTP/1.1\r\nHost: a\r\n{(token is null ? "" : $"Authorization: Bearer {token}\r\n")}\r\n"));
        Span<byte> buffer = stackalloc byte[4_096];
        var read = 0;
        while (buffer[..read].IndexOf("siar.live"u8) < 0) read += socket.Receive(buffer[read..]);
        if (!buffer.StartsWith("HTTP/1.1 200"u8)) throw new InvalidOperationException(Encoding.ASCII.GetString(buffer[..read]));
    }

    private static Func<int, string?> Same(TokenMinter minter, string issuer)
    {
        var token = Mint(minter, issuer, 0);
        return _ => token;
    }

    private static string Mint(TokenMinter minter, string issuer, int number) => minter.Mint(new TokenRequest
    {
        Issuer = issuer, Audience = Resource, Subject = $"user-{number}", Lifetime = TimeSpan.FromHours(1),
        Subscribe = MatcherSet.OfTopics(Topic.Parse("a"), Topic.Parse($"users/{number}"), Topic.Parse("news")),
    });

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
