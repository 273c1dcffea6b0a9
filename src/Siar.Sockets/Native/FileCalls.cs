using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Siar.Sockets.Native;

/// <summary>What .NET does not say about files.</summary>
internal static unsafe class FileCalls
{
    private const nint OfWorkingFolder = -100;
    private const nint NoFollow = 0x100;
    private const nint TypeAndInode = 0x101;
    private const int TypeMask = 0xF000;
    private const int SocketType = 0xC000;

    // struct statx is the same everywhere: the mode at 28, the inode at 32, 256 bytes in all.
    private const int StatxLength = 256;
    private const int ModeAt = 28;
    private const int InodeAt = 32;

    // O_DIRECTORY | O_CLOEXEC; the first differs on arm64. O_RDONLY is 0.
    private static int ReadDirectoryOnly => (RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 0x4000 : 0x10000) | 0x80000;

    // LOCK_EX and LOCK_NB of flock(2).
    private const int Exclusive = 2;
    private const int WithoutWaiting = 4;

    private static nint StatxNumber => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 291 : 332;

    /// <summary>Opens a folder to lock it; null where it cannot be opened.</summary>
    public static DescriptorHandle? OpenFolder(string path)
    {
        var name = Encoding.UTF8.GetBytes(path + '\0');
        fixed (byte* start = name)
        {
            var descriptor = Libc.Open(start, ReadDirectoryOnly);
            return descriptor < 0 ? null : new DescriptorHandle(descriptor);
        }
    }

    /// <summary>Takes a lock that one open folder at a time may have, until it is closed. Does not wait.</summary>
    /// <returns>False where another has it.</returns>
    public static bool TryLock(DescriptorHandle folder) => Libc.Lock(folder, Exclusive | WithoutWaiting) == 0 || Marshal.GetLastPInvokeError() != Errno.TryAgain;

    /// <summary>What a path names; what a link points to is not looked at.</summary>
    public static (bool Exists, bool IsSocket, ulong Inode) Look(string path)
    {
        var name = Encoding.UTF8.GetBytes(path + '\0');
        var answer = stackalloc byte[StatxLength];
        fixed (byte* start = name)
        {
            if (Libc.Statx(StatxNumber, OfWorkingFolder, start, NoFollow, TypeAndInode, answer) != 0) return default;
        }

        var result = new ReadOnlySpan<byte>(answer, StatxLength);
        var type = BinaryPrimitives.ReadUInt16LittleEndian(result[ModeAt..]) & TypeMask;
        return (true, type == SocketType, BinaryPrimitives.ReadUInt64LittleEndian(result[InodeAt..]));
    }
}
