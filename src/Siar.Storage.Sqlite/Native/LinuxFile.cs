using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Siar.Storage.Sqlite.Native;

/// <summary>What only the operating system says of a file: which one it is, whatever it is called, and whether another process has it. Linux of 64 bits only.</summary>
internal static unsafe partial class LinuxFile
{
    private const string Library = "libc";
    private const int CurrentFolder = -100;
    private const int EmptyPath = 0x1000;
    private const uint InodeAndSize = 0x100 | 0x200;

    // fcntl(2): locks of an open file description, on a byte that SQLite has no use for.
    private const int SetDescriptionLock = 37;
    private const short ReadLock = 0;
    private const short WriteLock = 1;
    private const short NoLock = 2;
    private const long LockedByte = 1L << 62;

    // statx(2): the places of what is asked for, which are the same on every architecture.
    private const int StatusBytes = 256;
    private const int AtInode = 32;
    private const int AtSize = 40;
    private const int AtDevice = 136;

    /// <summary>Whether there is an answer on this system.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>The file that a path leads to; null where it leads to none.</summary>
    public static FileStatus? Of(string path)
    {
        var status = stackalloc byte[StatusBytes];
        return Statx(CurrentFolder, path, 0, InodeAndSize, status) == 0 ? Read(status) : null;
    }

    /// <summary>An open file.</summary>
    public static FileStatus? Of(SafeFileHandle file)
    {
        var status = stackalloc byte[StatusBytes];
        return Statx((int)file.DangerousGetHandle(), "", EmptyPath, InodeAndSize, status) == 0 ? Read(status) : null;
    }

    /// <summary>
    /// Takes the file's lock: one for the file, by whatever name. It belongs to this descriptor alone, so that no other that the process closes
    /// drops it, as it does with SQLite's locks, which are on other bytes.
    /// </summary>
    /// <param name="file">The file; open for writing where it is to be held alone.</param>
    /// <param name="alone">Whether nobody else may have it, or only nobody alone.</param>
    /// <returns>Whether it could be had.</returns>
    public static bool TryLock(SafeFileHandle file, bool alone) => SetLock(file, alone ? WriteLock : ReadLock);

    /// <summary>Lets go of the file's lock, and leaves the file open.</summary>
    public static void Unlock(SafeFileHandle file) => SetLock(file, NoLock);

    private static bool SetLock(SafeFileHandle file, short kind)
    {
        var range = new LockRange { Kind = kind, Start = LockedByte, Length = 1 };
        return Fcntl((int)file.DangerousGetHandle(), SetDescriptionLock, &range) == 0;
    }

    private static FileStatus Read(byte* status) => new(new FileIdentity(*(ulong*)(status + AtDevice), *(ulong*)(status + AtInode)), *(long*)(status + AtSize));

    [LibraryImport(Library, EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* status);

    [LibraryImport(Library, EntryPoint = "fcntl")]
    private static partial int Fcntl(int file, int command, LockRange* range);

    // struct flock, where a long has 64 bits.
    [StructLayout(LayoutKind.Sequential)]
    private struct LockRange
    {
        public short Kind;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }
}

/// <summary>Which file it is: two names with the same identity are one file.</summary>
/// <param name="Device">The file system.</param>
/// <param name="Inode">The file within it.</param>
internal readonly record struct FileIdentity(ulong Device, ulong Inode);

/// <summary>What is known of a file.</summary>
/// <param name="Identity">Which it is.</param>
/// <param name="Length">How long it is, in bytes.</param>
internal readonly record struct FileStatus(FileIdentity Identity, long Length);
