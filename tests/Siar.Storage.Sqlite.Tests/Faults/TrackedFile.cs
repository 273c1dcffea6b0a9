namespace Siar.Storage.Sqlite.Tests.Faults;

/// <summary>
/// What is on the disk for sure of one file, and what was written since: a loss of power leaves the one, and of the other any part.
/// Connections to the same file share it.
/// </summary>
internal sealed class TrackedFile
{
    // Guards every file: power is lost to all at one moment.
    private static readonly Dictionary<string, TrackedFile> ByPath = [];
    private readonly List<Change> _unsynced = [];
    private byte[] _synced;

    private TrackedFile(string path)
    {
        Path = path;
        _synced = File.ReadAllBytes(path);
    }

    public string Path { get; }

    public bool IsWriteAheadLog => Path.EndsWith("-wal", StringComparison.Ordinal);

    public static TrackedFile Of(string path)
    {
        lock (ByPath)
        {
            if (!ByPath.TryGetValue(path, out var file)) ByPath.Add(path, file = new TrackedFile(path));
            return file;
        }
    }

    public void Written(long offset, ReadOnlySpan<byte> bytes)
    {
        lock (ByPath) _unsynced.Add(new Change(offset, bytes.ToArray()));
    }

    public void Truncated(long length)
    {
        lock (ByPath) _unsynced.Add(new Change(length, null));
    }

    public void Synced()
    {
        lock (ByPath)
        {
            foreach (var change in _unsynced) _synced = change.ApplyTo(_synced);
            _unsynced.Clear();
        }
    }

    /// <summary>Writes down what a loss of power would leave.</summary>
    /// <param name="path">The beginning of the paths of the files that are looked at.</param>
    /// <param name="target">What their copies' paths begin with instead. Where they are there already, nothing is done.</param>
    /// <param name="random">Chooses what of the unsynced writes got through, whole or in part.</param>
    public static void LosePower(string path, string target, Random random)
    {
        lock (ByPath)
        {
            if (File.Exists(target)) return;
            foreach (var file in ByPath.Values.Where(f => f.Path.StartsWith(path, StringComparison.Ordinal)))
            {
                File.WriteAllBytes(target + file.Path[path.Length..], file.Left(random));
            }
        }
    }

    private byte[] Left(Random random)
    {
        var left = (byte[])_synced.Clone();
        foreach (var change in _unsynced)
        {
            if (random.Next(2) == 0) left = change.CutAt(random.Next(3) == 0 ? random.Next(5_000) : int.MaxValue).ApplyTo(left);
        }

        return left;
    }

    private sealed record Change(long At, byte[]? Bytes)
    {
        public Change CutAt(int length) => Bytes is null || Bytes.Length <= length ? this : this with { Bytes = Bytes[..length] };

        public byte[] ApplyTo(byte[] file)
        {
            if (Bytes is null)
            {
                Array.Resize(ref file, (int)At);
                return file;
            }

            if (At + Bytes.Length > file.Length) Array.Resize(ref file, (int)At + Bytes.Length);
            Bytes.CopyTo(file, (int)At);
            return file;
        }
    }
}
