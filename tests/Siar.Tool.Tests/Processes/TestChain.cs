using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Siar.Tool.Tests;

/// <summary>A root that clients know, an authority below it that they do not, and certificates of this machine's loopback address made by that.</summary>
internal sealed class TestChain : IDisposable
{
    private readonly X509Certificate2 _root = Make("CN=root", null, isAuthority: true);
    private readonly X509Certificate2 _between;

    public TestChain() => _between = Make("CN=between", _root, isAuthority: true);

    /// <summary>Writes a certificate with its key, and the authority's behind it.</summary>
    public string Write(string file, string name)
    {
        using var leaf = Make($"CN={name}", _between, isAuthority: false);
        var pem = $"{leaf.ExportCertificatePem()}\n{_between.ExportCertificatePem()}\n{leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n";
        File.WriteAllText(file, pem);
        return file;
    }

    /// <summary>Makes a handshake as a client does that knows the root alone.</summary>
    /// <returns>The certificate's subject, how many certificates its chain has, and the protocol that was agreed on.</returns>
    public async Task<(string Subject, int Chain, string Protocol)> ConnectAsync(string url)
    {
        var address = new Uri(url);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        var links = 0;
        await using var tls = new SslStream(socket.GetStream(), leaveInnerStreamOpen: true, (_, certificate, chain, errors) =>
        {
            links = chain!.ChainElements.Count;
            return errors == SslPolicyErrors.None;
        });
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            CertificateChainPolicy = Policy,
        });
        return (tls.RemoteCertificate!.Subject, links, tls.NegotiatedApplicationProtocol.ToString());
    }

    /// <summary>A client that knows the root alone.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = Policy } });

    public void Dispose()
    {
        _root.Dispose();
        _between.Dispose();
    }

    private X509ChainPolicy Policy => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { _root }, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true,
    };

    private static X509Certificate2 Make(string subject, X509Certificate2? issuer, bool isAuthority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        if (!isAuthority) request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        if (issuer is null) return request.CreateSelfSigned(now.AddDays(-2), now.AddDays(2));
        using var made = request.Create(issuer, new DateTimeOffset(issuer.NotBefore), new DateTimeOffset(issuer.NotAfter), RandomNumberGenerator.GetBytes(8));
        return made.CopyWithPrivateKey(key);
    }
}
