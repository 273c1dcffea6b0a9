using System.Globalization;

namespace Siar.Storage.Sqlite;

/// <summary>The numbers of an event's alternate topics, as they stand in its row.</summary>
internal static class AlternateIds
{
    public static string? Write(ReadOnlySpan<long> ids) => ids.IsEmpty ? null : string.Join(',', ids.ToArray());

    /// <summary>Appends the numbers to a list.</summary>
    public static void Read(string? text, List<long> into)
    {
        if (text is null) return;
        foreach (var range in text.AsSpan().Split(',')) into.Add(long.Parse(text.AsSpan(range), CultureInfo.InvariantCulture));
    }
}
