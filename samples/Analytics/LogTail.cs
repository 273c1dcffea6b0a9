using System.IO.Compression;
using System.Text;

namespace Analytics;

/// <summary>
/// Reads a log from its oldest line, then what is added to it, whole lines only. Goes on as it is rotated: the file that was moved away is read to
/// its end before the new one is begun. One that has become shorter, or begins otherwise, was emptied and is read anew.
/// </summary>
internal sealed class LogTail(string path) : IDisposable
{
    /// <summary>By how much of its beginning a file is told from another. An access log's first line has a time and an address.</summary>
    private const int HeadLength = 256;

    private const int Block = 1 << 20;

    private FileStream? _file;
    private byte[] _head = [];
    private long _position;
    private bool _hasBegun;

    /// <summary>The lines since the last time; all of those that there are, at the first.</summary>
    public IEnumerable<string> ReadNew()
    {
        if (!_hasBegun)
        {
            foreach (var line in Rotated().SelectMany(Lines)) yield return line;
        }

        _hasBegun = true;
        foreach (var line in ReadOn()) yield return line;
        if (!TryOpenAnother()) yield break;
        foreach (var line in ReadOn()) yield return line;
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>What a rotation has left, the oldest first: FILE.2, FILE.1, packed or not.</summary>
    private IEnumerable<string> Rotated() =>
        Enumerable.Range(1, 99).Select(i => new[] { $"{path}.{i}", $"{path}.{i}.gz" }.FirstOrDefault(File.Exists)).TakeWhile(f => f is not null).Reverse()!;

    private static IEnumerable<string> Lines(string file)
    {
        using var stream = File.OpenRead(file);
        using var reader = new StreamReader(file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream);
        while (reader.ReadLine() is { } line) yield return line;
    }

    private bool TryOpenAnother()
    {
        FileStream found;
        try
        {
            found = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (FileNotFoundException)
        {
            // Moved away, and not there again yet; or not there at all so far.
            return false;
        }

        if (_file is not null && (found.Length == 0 || IsSame(found)))
        {
            found.Dispose();
            return false;
        }

        _file?.Dispose();
        (_file, _head, _position) = (found, [], 0);
        return true;
    }

    private bool IsSame(FileStream file) => file.Length >= _position && HeadOf(file, _head.Length).AsSpan().SequenceEqual(_head);

    private IEnumerable<string> ReadOn()
    {
        if (_file is null) yield break;
        if (!IsSame(_file)) (_head, _position) = ([], 0);
        var block = new byte[Block];
        while (true)
        {
            _file.Position = _position;
            var read = _file.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);
            var whole = block.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
            // A line longer than a block is none of an access log: it is passed over.
            if (whole == 0 && read == block.Length) whole = read;
            if (whole == 0) yield break;
            _position += whole;
            if (_head.Length < HeadLength) _head = HeadOf(_file, (int)Math.Min(HeadLength, _position));
            foreach (var line in Encoding.UTF8.GetString(block, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                yield return line;
        }
    }

    private static byte[] HeadOf(FileStream file, int length)
    {
        var head = new byte[length];
        file.Position = 0;
        return head[..file.ReadAtLeast(head, length, throwOnEndOfStream: false)];
    }
}
