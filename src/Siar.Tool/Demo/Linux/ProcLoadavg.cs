using System.Globalization;

namespace Siar.Tool;

/// <summary>The load: <c>/proc/loadavg</c>, see proc_loadavg(5).</summary>
internal static class ProcLoadavg
{
    public static LoadFigures Parse(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var tasks = words[3].Split('/');
        return new LoadFigures(Average(words[0]), Average(words[1]), Average(words[2]), int.Parse(tasks[0]), int.Parse(tasks[1]));
    }

    private static double Average(string word) => double.Parse(word, CultureInfo.InvariantCulture);
}
