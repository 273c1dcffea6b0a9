using System.Buffers.Binary;

namespace Siar.Storage.Sqlite.Opening;

/// <summary>
/// What a look at the write-ahead log's file says, before SQLite sees it. SQLite takes the first frame that is not as it was written for
/// the end and forgets all that follows without a word: whether something acknowledged followed is for the log to find out.
/// (Format: sqlite.org/fileformat2.html, section 4.)
/// </summary>
internal sealed class WriteAheadLog
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const uint Magic = 0x377F0682;

    private readonly HashSet<uint> _pages = [];

    /// <summary>Whether the file is not there, or has nothing in it.</summary>
    public bool IsMissing { get; private set; }

    /// <summary>Commits that SQLite will see.</summary>
    public int Commits { get; private set; }

    /// <summary>Frames up to the last of them.</summary>
    public int Frames { get; private set; }

    /// <summary>How many pages the log has after the last of them; 0 where there is none.</summary>
    public uint PagesAfter { get; private set; }

    /// <summary>
    /// Where frames of this log follow one that is not as it was written, and not only such as a write may leave that was cut off: the number
    /// of that frame, from 1; 0 for the file's beginning; null where all is well.
    /// </summary>
    public int? DamagedAt { get; private set; }

    public bool Contains(uint page) => _pages.Contains(page);

    public static WriteAheadLog Read(string path)
    {
        var log = new WriteAheadLog();
        using var file = File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete) : null;
        log.IsMissing = file is null or { Length: 0 };
        if (file is not null && file.Length > HeaderBytes) log.Read(file);
        return log;
    }

    private void Read(FileStream file)
    {
        var header = new byte[HeaderBytes];
        file.ReadExactly(header);
        var magic = Word(header, 0);
        var sum = new Checksum(bigEndian: (magic & 1) != 0);
        sum.Add(header.AsSpan(0, 24));
        if ((magic & ~1u) != Magic || !sum.Is(Word(header, 24), Word(header, 28)))
        {
            DamagedAt = 0;
            return;
        }

        var frame = new byte[FrameHeaderBytes + PageSize(Word(header, 8))];
        var salt = header.AsSpan(16, 8).ToArray();
        var tail = new Tail();
        var pending = new List<uint>();
        for (var number = 1; ReadWhole(file, frame); number++)
        {
            var isOurs = frame.AsSpan(8, 8).SequenceEqual(salt);
            if (tail.Begin is null && isOurs && IsWhole(frame, ref sum)) Take(number, frame, pending);
            else tail.See(number, isOurs, isCommit: Word(frame, 4) != 0);
        }

        DamagedAt = tail.HoldsAcknowledged ? tail.Begin : null;
    }

    private void Take(int number, byte[] frame, List<uint> pending)
    {
        pending.Add(Word(frame, 0));
        if (Word(frame, 4) == 0) return;
        Commits++;
        Frames = number;
        PagesAfter = Word(frame, 4);
        _pages.UnionWith(pending);
        pending.Clear();
    }

    private static bool IsWhole(byte[] frame, ref Checksum sum)
    {
        var next = sum;
        next.Add(frame.AsSpan(0, 8));
        next.Add(frame.AsSpan(FrameHeaderBytes));
        if (!next.Is(Word(frame, 16), Word(frame, 20))) return false;
        sum = next;
        return true;
    }

    private static bool ReadWhole(FileStream file, byte[] frame) => file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length;

    private static uint Word(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));

    private static int PageSize(uint written) => (int)Math.Clamp(written, 512, 65_536);

    /// <summary>What follows the frames that are as they were written.</summary>
    private struct Tail
    {
        private bool _hasCommit;

        /// <summary>The first frame of it.</summary>
        public int? Begin { get; private set; }

        // The rule: a transaction is written when the one before it is on the disk. So behind one that was cut off there is no other.
        public bool HoldsAcknowledged { get; private set; }

        public void See(int number, bool isOurs, bool isCommit)
        {
            Begin ??= number;
            if (!isOurs) return;
            HoldsAcknowledged |= _hasCommit;
            _hasCommit |= isCommit;
        }
    }

    /// <summary>The checksum of section 4.2.</summary>
    private struct Checksum(bool bigEndian)
    {
        private uint _first;
        private uint _second;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            for (var i = 0; i < bytes.Length; i += 8)
            {
                _first += Word(bytes[i..]) + _second;
                _second += Word(bytes[(i + 4)..]) + _first;
            }
        }

        public readonly bool Is(uint first, uint second) => _first == first && _second == second;

        private readonly uint Word(ReadOnlySpan<byte> bytes) =>
            bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
