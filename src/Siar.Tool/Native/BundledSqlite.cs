using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace Siar.Tool;

/// <summary>
/// SQLite inside the program, where the program is one native file (Linux): its library is loaded from a file that is in memory only, so that
/// nothing is laid onto the disk. Elsewhere the library lies beside the program, and the runtime finds it.
/// </summary>
internal static partial class BundledSqlite
{
    private const string Resource = "libe_sqlite3.so";
    private const string LibraryName = "e_sqlite3";

    /// <summary>Has the library found when SQLite is used first. Call it once, before that.</summary>
    public static void Install()
    {
        if (typeof(BundledSqlite).Assembly.GetManifestResourceInfo(Resource) is null) return;
        var library = new Lazy<nint>(Load);
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, (name, _, _) => name == LibraryName ? library.Value : 0);
    }

    private static nint Load()
    {
        using var resource = typeof(BundledSqlite).Assembly.GetManifestResourceStream(Resource)!;
        var descriptor = CreateMemoryFile(Resource, CloseOnExec);
        if (descriptor < 0) throw new DllNotFoundException($"SQLite, which is inside the program, cannot be loaded: memfd_create fails with error {Marshal.GetLastPInvokeError()}.");
        using var file = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        resource.CopyTo(file);
        return NativeLibrary.Load($"/proc/self/fd/{descriptor}");
    }

    private const uint CloseOnExec = 1;

    // memfd_create(2)
    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemoryFile(string name, uint flags);
}
