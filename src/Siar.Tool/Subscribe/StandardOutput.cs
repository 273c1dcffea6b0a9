using Microsoft.Win32.SafeHandles;

namespace Siar.Tool;

/// <summary>Standard output for a stream that has no end of its own.</summary>
internal static class StandardOutput
{
    private const int BufferBytes = 64 << 10;

    /// <summary>
    /// Opens it so that a reader who goes away, such as <c>head</c>, is noticed: the console's own stream swallows that, and the command
    /// would go on for nobody.
    /// </summary>
    public static Stream Open()
    {
        if (OperatingSystem.IsWindows()) return new BufferedStream(Console.OpenStandardOutput(), BufferBytes);
        var file = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        // A file keeps its place by itself only with the console's stream, which others may write to as well.
        return new BufferedStream(file.CanSeek ? Console.OpenStandardOutput() : file, BufferBytes);
    }
}
