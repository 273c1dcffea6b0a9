using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Siar.AspNetCore;
using Siar.AspNetCore.Tests;
using Siar.TestKit;

namespace Siar.Sockets.Tests.Admission;

/// <summary>What holds of connections holds of those over TLS, whose first byte is that of the handshake.</summary>
public sealed class TlsConnectionsTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly X509Certificate2 _certificate = Make();

    [Theory]
    [InlineData(false, 2, 100)]
    [InlineData(true, 2, 100)]
    [InlineData(false, 100, 2)]
    [InlineData(true, 100, 2)]
    public async Task One_connection_more_than_there_may_be_is_closed_before_its_handshake(bool isPortable, int open, int ofAddress)
    {
        await using var hub = await StartAsync(isPortable, o => (o.Limits.OpenConnections, o.Limits.OpenConnectionsPerAddress) = (open, ofAddress));
        using var first = await ConnectAsync(hub);
        using var second = await ConnectAsync(hub);
        (await AskAsync(first)).ShouldStartWith("HTTP/1.1 200");
        (await AskAsync(second)).ShouldStartWith("HTTP/1.1 200");

        (await IsTurnedAwayAsync(hub)).ShouldBeTrue();
        (await AskAsync(first)).ShouldStartWith("HTTP/1.1 200");

        await second.DisposeAsync();
        SpinWait.SpinUntil(() => GateOf(hub).Open == 1, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        using var fourth = await ConnectAsync(hub);
        (await AskAsync(fourth)).ShouldStartWith("HTTP/1.1 200");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_without_a_first_byte_is_cut_and_one_that_has_shaken_hands_lives_on(bool isPortable)
    {
        await using var hub = await StartAsync(isPortable, _ => { });
        using var quiet = await ConnectAsync(hub);
        using var silent = await hub.ConnectAsync();
        SpinWait.SpinUntil(() => GateOf(hub) is { Open: 2, Silent.Count: 1 }, TimeSpan.FromSeconds(30)).ShouldBeTrue();

        _time.Advance(TimeSpan.FromSeconds(9));
        GateOf(hub).Silent.Count.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(2));
        (await IsCutAsync(silent)).ShouldBeTrue();
        (await AskAsync(quiet)).ShouldStartWith("HTTP/1.1 200");
    }

    public void Dispose() => _certificate.Dispose();

    private Task<TestHub> StartAsync(bool isPortable, Action<SiarOptions> options) => TestHub.StartAsync(new TestHubSetup
    {
        Options = options,
        Siar = s =>
        {
            if (isPortable) s.UseSockets(o => o.Takes = static _ => false);
            s.Services.AddSingleton<TimeProvider>(_time);
        },
        Server = k => k.ConfigureEndpointDefaults(l => l.UseHttps(_certificate)),
    });

    private static ConnectionGate GateOf(TestHub hub) => hub.Services.GetRequiredService<ConnectionGate>();

    private static async Task<SslStream> ConnectAsync(TestHub hub)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(hub.Address.Host, hub.Address.Port);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await stream.AuthenticateAsClientAsync("localhost");
        return stream;
    }

    private static async Task<string> AskAsync(SslStream stream)
    {
        await stream.WriteAsync("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        var answer = new StringBuilder();
        var bytes = new byte[4_096];
        while (!answer.ToString().Contains('}')) answer.Append(Encoding.Latin1.GetString(bytes, 0, await stream.ReadAtLeastAsync(bytes, 1)));
        return answer.ToString();
    }

    // The reset may come before the connection is known to be made.
    private static async Task<bool> IsTurnedAwayAsync(TestHub hub)
    {
        try
        {
            using var connection = await hub.ConnectAsync();
            return await IsCutAsync(connection);
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static async Task<bool> IsCutAsync(RawConnection connection)
    {
        try
        {
            return await connection.ReadToEndAsync() == "";
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }
}
