using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Siar.UrlPatterns.UriTemplates;

/// <summary>
/// Sets of places in a text, one bit a place, and the two ways in which matching moves all places of a set at once.
/// Every set of one match has the same length: enough words for the place behind the last character too.
/// </summary>
internal static class TopicBits
{
    public static int WordsFor(int length) => (length / 64) + 1;

    public static bool Has(ReadOnlySpan<ulong> set, int place) => (set[place / 64] >> (place % 64) & 1) != 0;

    public static void Set(Span<ulong> set, int place) => set[place / 64] |= 1UL << (place % 64);

    public static void Union(Span<ulong> into, ReadOnlySpan<ulong> from)
    {
        for (var i = 0; i < into.Length; i++) into[i] |= from[i];
    }

    /// <summary>Whether everything in the one set is in the other.</summary>
    public static bool IsWithin(ReadOnlySpan<ulong> set, ReadOnlySpan<ulong> other)
    {
        for (var i = 0; i < set.Length; i++)
        {
            if ((set[i] & ~other[i]) != 0) return false;
        }

        return true;
    }

    /// <summary>The place of the only member; -1 when there are none or several.</summary>
    public static int Single(ReadOnlySpan<ulong> set)
    {
        var place = -1;
        for (var i = 0; i < set.Length; i++)
        {
            if (set[i] == 0) continue;
            if (place >= 0 || !BitOperations.IsPow2(set[i])) return -1;
            place = (i * 64) + BitOperations.TrailingZeroCount(set[i]);
        }

        return place;
    }

    /// <summary>The places at which a character stands.</summary>
    public static void PlacesOf(char c, ReadOnlySpan<char> text, Span<ulong> places)
    {
        places.Clear();
        var units = MemoryMarshal.Cast<char, ushort>(text);
        var at = 0;
        for (; at + Vector128<ushort>.Count <= units.Length; at += Vector128<ushort>.Count)
        {
            var equal = Vector128.Equals(Vector128.Create(units[at..]), Vector128.Create((ushort)c));
            places[at / 64] |= (ulong)equal.ExtractMostSignificantBits() << (at % 64);
        }

        for (; at < units.Length; at++)
        {
            if (units[at] == c) Set(places, at);
        }
    }

    /// <summary>Moves every place over the one character that stands there; those where it does not stand leave the set.</summary>
    /// <returns>Whether any place is left.</returns>
    public static bool Step(Span<ulong> set, ReadOnlySpan<ulong> standsAt)
    {
        ulong carry = 0, any = 0;
        for (var i = 0; i < set.Length; i++)
        {
            var stands = set[i] & standsAt[i];
            set[i] = (stands << 1) | carry;
            carry = stands >> 63;
            any |= set[i];
        }

        return any != 0;
    }

    /// <summary>
    /// Adds to the set every place that is reached from one of its own over any number of the given characters. Adding a run's
    /// first reached bit to the run carries through to the bit behind it: one addition floods all runs.
    /// </summary>
    public static void Flood(Span<ulong> set, ReadOnlySpan<ulong> over)
    {
        var carry = 0UL;
        for (var i = 0; i < set.Length; i++)
        {
            var start = set[i] & over[i];
            var sum = start + over[i];
            var carried = sum + carry;
            carry = sum < start || carried < sum ? 1UL : 0UL;
            set[i] |= carried ^ over[i];
        }
    }
}
