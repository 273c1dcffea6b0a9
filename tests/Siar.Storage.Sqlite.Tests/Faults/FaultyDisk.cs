using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Siar.Storage.Sqlite.Tests.Faults;

/// <summary>
/// An SQLite file system layer that passes everything on to the usual one, but fails when it is told to, and remembers what a loss of power
/// would leave. (Interface: sqlite.org/c3ref/vfs.html and io_methods.html.) One for the process; its tests run one after the other.
/// </summary>
internal static unsafe partial class FaultyDisk
{
    /// <summary>The layer's name, for <see cref="SqliteLogOptions.FileSystem"/>.</summary>
    public const string Name = "faulty";

    private const int Ok = 0;
    private const int Full = 13;
    private const int IoErrorWrite = 10 | (3 << 8);
    private const int IoErrorSync = 10 | (4 << 8);
    private const int OpenMainDb = 0x100;
    private const int OpenWal = 0x80000;
    private const int LayerBytes = 168;
    private const int MethodsBytes = 152;

    // Places of function pointers in the layer and in a file's methods.
    private const int XOpen = 40;
    private const int XClose = 8;
    private const int XWrite = 24;
    private const int XTruncate = 32;
    private const int XSync = 40;

    private static readonly Dictionary<nint, OpenFile> Files = [];
    private static readonly Dictionary<nint, nint> Methods = [];
    private static byte* _usual;

    /// <summary>What goes wrong, given the file and what is done to it. Null: nothing.</summary>
    public static Func<TrackedFile, DiskAction, Fault>? OnAction { get; set; }

    /// <summary>Makes the layer known to SQLite.</summary>
    public static void Register()
    {
        if (_usual is not null) return;
        using (Native.Database.Open(":memory:", Native.DatabaseAccess.Create))
        {
            // Only to have SQLite ready.
        }

        _usual = FindLayer(null);
        var layer = (byte*)NativeMemory.AllocZeroed(LayerBytes);
        Unsafe.CopyBlock(layer, _usual, LayerBytes);
        *(nint*)(layer + 16) = 0;
        *(nint*)(layer + 24) = Marshal.StringToCoTaskMemUTF8(Name);
        *(delegate* unmanaged<byte*, byte*, byte*, int, int*, int>*)(layer + XOpen) = &Open;
        RegisterLayer(layer, 0).ShouldBe(Ok);
    }

    [UnmanagedCallersOnly]
    private static int Open(byte* layer, byte* name, byte* file, int flags, int* outFlags)
    {
        var open = *(delegate* unmanaged<byte*, byte*, byte*, int, int*, int>*)(_usual + XOpen);
        var code = open(layer, name, file, flags, outFlags);
        if (code != Ok || (flags & (OpenMainDb | OpenWal)) == 0) return code;
        var path = Marshal.PtrToStringUTF8((nint)name)!;
        lock (Files)
        {
            Files[(nint)file] = new OpenFile(TrackedFile.Of(path), *(nint*)file);
            *(nint*)file = MethodsOver(*(nint*)file);
        }

        return code;
    }

    // The usual methods of a kind of file (one with locks, or without), with ours among them.
    private static nint MethodsOver(nint usual)
    {
        if (Methods.TryGetValue(usual, out var made)) return made;
        var methods = (byte*)NativeMemory.AllocZeroed(MethodsBytes);
        Unsafe.CopyBlock(methods, (byte*)usual, MethodsBytes);
        *(delegate* unmanaged<byte*, int>*)(methods + XClose) = &Close;
        *(delegate* unmanaged<byte*, byte*, int, long, int>*)(methods + XWrite) = &Write;
        *(delegate* unmanaged<byte*, long, int>*)(methods + XTruncate) = &Truncate;
        *(delegate* unmanaged<byte*, int, int>*)(methods + XSync) = &Sync;
        Methods.Add(usual, (nint)methods);
        return (nint)methods;
    }

    [UnmanagedCallersOnly]
    private static int Close(byte* file)
    {
        var close = (delegate* unmanaged<byte*, int>)UsualMethod(file, XClose);
        lock (Files) Files.Remove((nint)file);
        return close(file);
    }

    [UnmanagedCallersOnly]
    private static int Write(byte* file, byte* bytes, int count, long offset)
    {
        var tracked = Of(file);
        var write = (delegate* unmanaged<byte*, byte*, int, long, int>)UsualMethod(file, XWrite);
        var fault = Ask(tracked, DiskAction.Write);
        if (fault is Fault.ShortWrite) write(file, bytes, count / 2, offset);
        if (fault is not Fault.None) return fault is Fault.DiskFull ? Full : IoErrorWrite;
        tracked.Written(offset, new ReadOnlySpan<byte>(bytes, count));
        return write(file, bytes, count, offset);
    }

    [UnmanagedCallersOnly]
    private static int Truncate(byte* file, long length)
    {
        Of(file).Truncated(length);
        return ((delegate* unmanaged<byte*, long, int>)UsualMethod(file, XTruncate))(file, length);
    }

    [UnmanagedCallersOnly]
    private static int Sync(byte* file, int flags)
    {
        var tracked = Of(file);
        if (Ask(tracked, DiskAction.Sync) is not Fault.None) return IoErrorSync;
        tracked.Synced();
        return Ok;
    }

    private static TrackedFile Of(byte* file)
    {
        lock (Files) return Files[(nint)file].Tracked;
    }

    private static nint UsualMethod(byte* file, int place)
    {
        lock (Files) return *(nint*)(Files[(nint)file].UsualMethods + place);
    }

    private static Fault Ask(TrackedFile file, DiskAction action) => OnAction?.Invoke(file, action) ?? Fault.None;

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    private static partial byte* FindLayer(byte* name);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    private static partial int RegisterLayer(byte* layer, int makeDefault);

    private sealed record OpenFile(TrackedFile Tracked, nint UsualMethods);
}

/// <summary>What is done to a file.</summary>
internal enum DiskAction
{
    Write,
    Sync,
}

/// <summary>What goes wrong.</summary>
internal enum Fault
{
    None,

    /// <summary>Nothing is written, for want of room.</summary>
    DiskFull,

    /// <summary>Half of it is written, and then the disk fails.</summary>
    ShortWrite,

    /// <summary>The disk fails.</summary>
    Failure,
}
