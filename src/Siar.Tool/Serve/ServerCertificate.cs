using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Siar.Tool;

/// <summary>The certificate of https addresses, and those that lead from it to one that clients know.</summary>
internal sealed class ServerCertificate
{
    private readonly X509Certificate2 _leaf;
    private readonly SslStreamCertificateContext _context;

    private ServerCertificate(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        _leaf = leaf;
        // What stands in the file is all of the chain: nothing is fetched for it.
        _context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }

    /// <summary>Reads what the settings name; null where they name nothing.</summary>
    /// <exception cref="SettingException">The files do not hold a certificate with its key.</exception>
    public static ServerCertificate? Load(ServeSettings settings)
    {
        if (settings.CertificateFile is not { } file)
        {
            return settings.CertificateKeyFile is { } alone
                ? throw new SettingException($"there is a certificate's key ('{alone}') and no certificate: name it with --cert.")
                : null;
        }

        try
        {
            return IsPem(file) ? LoadPem(file, settings) : LoadPkcs12(file, settings);
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SettingException(
                $"the certificate '{file}' cannot be used: {failure.Message.TrimEnd('.')}. It must be PEM with its key (in it or in --cert-key) or PFX; "
                + "a password comes from SIAR_CERTIFICATE_PASSWORD.");
        }
    }

    /// <summary>Has each handshake show the certificate of that moment, with its chain. Connections that are open keep theirs.</summary>
    public static void Use(HttpsConnectionAdapterOptions https, Func<ServerCertificate> current)
    {
        // The server wants one from the beginning.
        https.ServerCertificate = current()._leaf;
        https.OnAuthenticate = (_, tls) => tls.ServerCertificateContext = current()._context;
    }

    private static bool IsPem(string file) => File.ReadAllBytes(file).AsSpan().IndexOf("-----BEGIN "u8) >= 0;

    private static ServerCertificate LoadPem(string file, ServeSettings settings)
    {
        var keyFile = settings.CertificateKeyFile ?? file;
        using var loaded = settings.CertificatePassword is { } password
            ? X509Certificate2.CreateFromEncryptedPemFile(file, password, keyFile)
            : X509Certificate2.CreateFromPemFile(file, keyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);

        // Through PKCS #12 and back: on Windows TLS cannot use a key that exists only in memory.
        return new ServerCertificate(X509CertificateLoader.LoadPkcs12(loaded.Export(X509ContentType.Pkcs12), null), chain);
    }

    private static ServerCertificate LoadPkcs12(string file, ServeSettings settings)
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(file, settings.CertificatePassword);
        var leaf = all.FirstOrDefault(c => c.HasPrivateKey) ?? throw new CryptographicException("it holds no private key");
        return new ServerCertificate(leaf, all);
    }
}
