using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Siar.Tool;

/// <summary>
/// Standard output, for all commands. What a command has written there is there, or the command fails with a <see cref="StandardOutputException"/>: a backup
/// that is cut off must not pass for whole.
/// </summary>
internal static class StandardOutput
{
    private const int BufferBytes = 64 << 10;
    private const int Descriptor = 1;
    private const int ErrorDescriptor = 2;

    // The same on all processors: O_CLOEXEC.
    private const int CloseOnExec = 0x80000;

    /// <summary>Nothing is held back in it.</summary>
    private static readonly Lazy<Stream> Unbuffered = new(static () => new CheckedOutput(Open));

    /// <summary>
    /// Lets <see cref="Console.Out"/> and <see cref="Console.Error"/> go that way: the console's own streams say nothing of a reader that has left, and end the
    /// program with a stack trace otherwise. Standard error that cannot be written to has nobody to say it to, and changes nothing.
    /// </summary>
    public static void Install()
    {
        Console.SetOut(WriterTo(Unbuffered.Value));
        Console.SetError(IsNotOurs(ErrorDescriptor) ? TextWriter.Null : WriterTo(new UncheckedOutput(Console.OpenStandardError())));
    }

    /// <summary>Opens it for bytes, which go out when the stream is flushed.</summary>
    public static Stream OpenBuffered() => new BufferedStream(Unbuffered.Value, BufferBytes);

    /// <summary>Writes what a command has found out, whose exit code counts although nobody reads on.</summary>
    public static int Report(int found, Action write)
    {
        try
        {
            write();
            return found;
        }
        catch (StandardOutputException failure)
        {
            failure.Found = found;
            throw;
        }
    }

    private static Stream Open()
    {
        if (OperatingSystem.IsWindows()) return Console.OpenStandardOutput();
        if (IsNotOurs(Descriptor)) throw new IOException("it is closed");
        var file = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        // The console's own stream swallows that the reader of a pipe is gone, and the command would go on for nobody. A file keeps its place by itself
        // only with that stream, which others may write to as well; and a terminal may be set not to block.
        return file.CanSeek || !Console.IsOutputRedirected ? Console.OpenStandardOutput() : file;
    }

    /// <summary>
    /// Whether the process was started without this descriptor (<c>&gt;&amp;-</c>), and the runtime may have opened something else under its number. What a
    /// process opens itself closes on exec; what it was started with cannot.
    /// </summary>
    private static bool IsNotOurs(int descriptor)
    {
        const string Folder = "/proc/self/fdinfo";
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            const string Flags = "flags:";
            var flags = File.ReadLines($"{Folder}/{descriptor}").First(line => line.StartsWith(Flags, StringComparison.Ordinal));
            return (Convert.ToInt32(flags[Flags.Length..].Trim(), 8) & CloseOnExec) != 0;
        }
        catch (FileNotFoundException)
        {
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidOperationException or FormatException)
        {
            // There is no /proc here.
            return false;
        }
    }

    private static TextWriter WriterTo(Stream stream)
    {
        const int Utf8 = 65001;
        var encoding = Console.OutputEncoding;
        return TextWriter.Synchronized(new StreamWriter(stream, encoding.CodePage == Utf8 ? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) : encoding) { AutoFlush = true });
    }
}
