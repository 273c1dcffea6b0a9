using System.Text;

namespace Analytics;

/// <summary>Reads what was added to a file since the last time, whole lines only. A file that has become shorter is another one: it is read from its start.</summary>
internal sealed class LogTail(string path)
{
    private long _position;

    public string[] ReadNew()
    {
        if (!File.Exists(path)) return [];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length < _position) _position = 0;
        file.Position = _position;
        using var buffer = new MemoryStream();
        file.CopyTo(buffer);
        var bytes = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        var whole = bytes.LastIndexOf((byte)'\n') + 1;
        _position += whole;
        var text = Encoding.UTF8.GetString(bytes[..whole]);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
