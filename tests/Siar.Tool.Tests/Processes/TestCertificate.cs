using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Siar.Tool.Tests;

/// <summary>A certificate of this machine's loopback address, made for one test, in files of every form.</summary>
internal sealed class TestCertificate : IDisposable
{
    public const string Password = "a b\"c";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("siar-");

    public TestCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        Thumbprint = certificate.Thumbprint;
        File.WriteAllText(Pem, certificate.ExportCertificatePem());
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Both, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(LockedKey, key.ExportEncryptedPkcs8PrivateKeyPem(Password, new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1_000)));
        File.WriteAllBytes(Pfx, certificate.Export(X509ContentType.Pkcs12, Password));
    }

    public string Thumbprint { get; }

    public string Pem => Path("certificate.pem");

    public string Key => Path("key.pem");

    public string LockedKey => Path("locked-key.pem");

    public string Both => Path("both.pem");

    public string Pfx => Path("certificate.pfx");

    /// <summary>A client that takes this certificate and no other, and speaks HTTP/2.</summary>
    public HttpClient Client(Action? onConnect = null) => new(new SocketsHttpHandler
    {
        EnableMultipleHttp2Connections = true,
        SslOptions =
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                onConnect?.Invoke();
                return certificate is X509Certificate2 shown && shown.Thumbprint == Thumbprint;
            },
        },
    })
    {
        DefaultRequestVersion = System.Net.HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public void Dispose() => _folder.Delete(recursive: true);

    private string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);
}
