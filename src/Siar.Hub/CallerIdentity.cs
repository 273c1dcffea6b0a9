using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Siar.Hub;

/// <summary>
/// Who somebody is, together with who says so: the same name from another authority is somebody else. The default value is nobody in particular.
/// Immutable; may be used from any thread.
/// </summary>
public readonly record struct CallerIdentity
{
    private readonly string? _authority;
    private readonly string? _name;

    private CallerIdentity(CallerAuthority kind, string authority, string name)
    {
        Kind = kind;
        _authority = authority;
        _name = name;
    }

    /// <summary>Whether it is nobody in particular.</summary>
    public bool IsNone => Kind is CallerAuthority.None;

    /// <summary>The name that the authority gives; empty for nobody in particular.</summary>
    public string Name => _name ?? "";

    /// <summary>Who says so: the issuer of a token of Mercure 1.0; otherwise empty.</summary>
    public string Issuer => _authority ?? "";

    internal CallerAuthority Kind { get; }

    /// <summary>Somebody to whom the application has given a name.</summary>
    public static CallerIdentity OfApplication(string name) => new(CallerAuthority.Application, "", name);

    /// <summary>The subject (<c>sub</c>) of a token of Mercure 1.0, as its issuer (<c>iss</c>) calls it.</summary>
    public static CallerIdentity OfIssuer(string issuer, string subject) => new(CallerAuthority.Issuer, issuer, subject);

    /// <summary>The subject of a token of Mercure 0.x, which names no issuer: the hub's own keys vouch for it.</summary>
    public static CallerIdentity OfOwnKeys(string subject) => new(CallerAuthority.OwnKeys, "", subject);

    /// <summary>The bearer of a token, whoever that is. The token cannot be told from it.</summary>
    public static CallerIdentity OfToken(string token) =>
        new(CallerAuthority.Token, "", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)).AsSpan(0, 16)));

    /// <summary>
    /// Names the caller in a log: a hash of each part with its length before it, so that no two callers have one, and none is long. Empty for
    /// nobody in particular.
    /// </summary>
    internal string ToScope()
    {
        if (IsNone) return "";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([(byte)Kind]);
        Add(hash, Issuer);
        Add(hash, Name);
        return ScopePrefix + Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    /// <summary>What <see cref="ToScope"/> begins with.</summary>
    internal const string ScopePrefix = "caller:";

    /// <summary>The caller for a person to read: the authority first, so that one cannot pass for another.</summary>
    public override string ToString() => Kind switch
    {
        CallerAuthority.Application => $"application: {Name}",
        CallerAuthority.Issuer => $"{Issuer}: {Name}",
        CallerAuthority.OwnKeys => $"own keys: {Name}",
        CallerAuthority.Token => $"token: {Name}",
        _ => "",
    };

    private static void Add(IncrementalHash hash, string part)
    {
        var bytes = Encoding.UTF8.GetBytes(part);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}

/// <summary>Who vouches for a name. The numbers are kept in logs.</summary>
internal enum CallerAuthority
{
    None = 0,
    Application = 1,
    Issuer = 2,
    OwnKeys = 3,
    Token = 4,
}
