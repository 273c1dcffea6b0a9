namespace Siar.Hub;

/// <summary>
/// Where in a full block something is, by its hash: pairs of the hash and an entry's index in one sorted array, eight bytes each, so that
/// a reader of a rare topic passes over a block in a few steps. Immutable.
/// </summary>
internal sealed class HashedEntries
{
    private readonly ulong[] _pairs;

    public HashedEntries(List<(int Hash, int Index)> entries)
    {
        _pairs = new ulong[entries.Count];
        for (var i = 0; i < _pairs.Length; i++) _pairs[i] = Pair(entries[i].Hash, entries[i].Index);
        Array.Sort(_pairs);
    }

    /// <summary>Adds the indexes from a first one on, rising, of the entries with a hash; different things may share it.</summary>
    public void Find(int hash, int from, List<int> into)
    {
        var wanted = Pair(hash, from);
        for (var i = LowerBound(wanted); i < _pairs.Length && _pairs[i] >> 32 == wanted >> 32; i++) into.Add((int)(uint)_pairs[i]);
    }

    /// <summary>The least index with a hash, from a first one on; -1 where there is none.</summary>
    public int FindFirst(int hash, int from)
    {
        var wanted = Pair(hash, from);
        var i = LowerBound(wanted);
        return i < _pairs.Length && _pairs[i] >> 32 == wanted >> 32 ? (int)(uint)_pairs[i] : -1;
    }

    private int LowerBound(ulong wanted)
    {
        var found = Array.BinarySearch(_pairs, wanted);
        return found >= 0 ? found : ~found;
    }

    private static ulong Pair(int hash, int index) => ((ulong)(uint)hash << 32) | (uint)index;
}
