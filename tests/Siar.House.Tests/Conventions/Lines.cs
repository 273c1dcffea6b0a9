using System.Text.RegularExpressions;

namespace Siar.House.Tests.Conventions;

/// <summary>Looks through a text line by line.</summary>
internal static class Lines
{
    /// <summary>Makes a finder that reports each line on which the pattern matches.</summary>
    /// <param name="pattern">What a line must not hold.</param>
    /// <param name="sentence">What is wrong with it and what to do.</param>
    public static Func<string, IEnumerable<string>> Without(Regex pattern, string sentence) => text =>
        text.Split('\n').Index().Where(l => pattern.IsMatch(l.Item)).Select(l => $"line {l.Index + 1}: {sentence}");
}
