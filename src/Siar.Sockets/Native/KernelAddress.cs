using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Siar.Sockets.Native;

/// <summary>Reads addresses as the kernel writes them.</summary>
internal static class KernelAddress
{
    /// <summary>The longest address there is (<c>sockaddr_storage</c>).</summary>
    public const int MaxLength = 128;

    private const int Inet = 2;
    private const int Inet6 = 10;

    /// <summary>An address of IP with its port; null for any other, such as a Unix socket's.</summary>
    public static IPEndPoint? Read(ReadOnlySpan<byte> address)
    {
        if (address.Length < sizeof(ushort)) return null;

        // sockaddr_in: family, port, address. sockaddr_in6: family, port, flow, address, scope. Port and addresses in network order.
        return MemoryMarshal.Read<ushort>(address) switch
        {
            Inet when address.Length >= 8 => new IPEndPoint(new IPAddress(address.Slice(4, 4)), Port(address)),
            Inet6 when address.Length >= 28 => new IPEndPoint(new IPAddress(address.Slice(8, 16), MemoryMarshal.Read<uint>(address[24..])), Port(address)),
            _ => null,
        };
    }

    private static int Port(ReadOnlySpan<byte> address) => BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
}
