using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Siar.Hub;

/// <summary>
/// All by which a <see cref="CallerFilter"/> may mean a caller, but for its address: its names, its token's id, its claims. Each is a hash, so that ten thousand
/// streams hold 16 bytes of a claim, and two callers have one in common only where they have what it stands for. Immutable; may be used from any thread.
/// </summary>
internal sealed class CallerMarks
{
    private readonly UInt128[] _marks;

    private CallerMarks(UInt128[] marks) => _marks = marks;

    /// <summary>Whether a filter with a mark means the caller.</summary>
    public bool Contain(UInt128 mark) => Array.IndexOf(_marks, mark) >= 0;

    /// <summary>The marks, for whoever looks each of them up.</summary>
    public ReadOnlySpan<UInt128> AsSpan() => _marks;

    /// <summary>The marks of a caller of whom nothing but the name is known; null of nobody in particular.</summary>
    public static CallerMarks? Of(CallerIdentity caller)
    {
        var builder = new Builder();
        builder.AddUser(caller);
        return builder.Build();
    }

    /// <summary>A mark: the beginning of a hash of the kind and of the texts, the length of the first before it, so that no two have one.</summary>
    public static UInt128 Of(CallerFilterKind kind, string value, string? qualifier = null)
    {
        const int Head = 2 + sizeof(int);
        var first = MemoryMarshal.AsBytes(value.AsSpan());
        var second = MemoryMarshal.AsBytes(qualifier.AsSpan());
        var length = Head + first.Length + second.Length;
        byte[]? rented = null;
        var bytes = length <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(length);
        bytes[0] = (byte)kind;
        bytes[1] = qualifier is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[2..], first.Length);
        first.CopyTo(bytes[Head..]);
        second.CopyTo(bytes[(Head + first.Length)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..length], hash);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    /// <summary>Collects the marks of a caller. Used by one thread.</summary>
    internal sealed class Builder
    {
        private readonly HashSet<UInt128> _marks = [];

        /// <summary>It has a name, perhaps one that an issuer has given.</summary>
        public void AddUser(string name, string? issuer = null)
        {
            _marks.Add(Of(CallerFilterKind.User, name));
            if (issuer is not null) _marks.Add(Of(CallerFilterKind.User, name, issuer));
        }

        /// <inheritdoc cref="AddUser(string, string?)" />
        public void AddUser(CallerIdentity caller)
        {
            // What stands for the bearer of a token without a name is no name.
            if (caller.Kind is not (CallerAuthority.None or CallerAuthority.Token)) AddUser(caller.Name, caller.Issuer.Length > 0 ? caller.Issuer : null);
        }

        /// <summary>It bears a token with an id.</summary>
        public void AddToken(string id) => _marks.Add(Of(CallerFilterKind.Token, id));

        /// <summary>It has a claim.</summary>
        public void AddClaim(string type, string value) => _marks.Add(Of(CallerFilterKind.Claim, value, type));

        /// <summary>The marks; null where there are none.</summary>
        public CallerMarks? Build() => _marks.Count == 0 ? null : new CallerMarks([.. _marks]);
    }
}
