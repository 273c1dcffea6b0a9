using System.ComponentModel.DataAnnotations;
using Siar.Storage.Journal;

namespace Siar.Storage.Nats;

/// <summary>How a log in NATS JetStream is used. Read when the log is opened.</summary>
public sealed class NatsLogOptions : JournalOptions
{
    /// <summary>
    /// On how many servers a new stream is kept, from 1 to 5; 0 for 3 where the server belongs to a cluster, and 1 where it stands alone. A stream that is there
    /// keeps what it has. Default: 0.
    /// </summary>
    [Range(0, 5)]
    public int Replicas { get; set; }

    /// <summary>
    /// How large a new stream may become, in bytes, before it takes no more events, from 16 MiB; null for what the server has room for. It must hold the
    /// newest events until a copy of the index is beside it: at least twice what retention keeps. A stream that is there keeps what it has. Default: null.
    /// </summary>
    [Range(16L << 20, long.MaxValue)]
    public long? MaxBytes { get; set; }

    /// <summary>A file with the hub's NATS credentials (<c>.creds</c>), read again for each connection, so that it may be replaced. Default: null.</summary>
    public string? CredentialsFile { get; set; }

    /// <summary>A file with certificates of authorities that the servers' certificates are checked by, as PEM; null for those that the system trusts.</summary>
    public string? CaFile { get; set; }

    /// <summary>A file with the hub's own certificate, as PEM, for servers that ask for one; null for none.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>A file with the private key of <see cref="CertificateFile"/>, as PEM.</summary>
    public string? CertificateKeyFile { get; set; }
}
