namespace Siar.House.Tests.Arrows;

/// <summary>The folders of a project are floors: where one folder's code names another's, nothing leads back, not over others either.</summary>
internal static class Floors
{
    /// <summary>The rooms whose folders are held to it. A room is added when its folders have become floors, and never taken out.</summary>
    public static readonly string[] Rooms = ["Siar.UrlPatterns", "Siar.Topics", "Siar.AspNetCore", "Siar.Wire"];

    /// <summary>The circles among a project's folders, each with the places that close it; none where every arrow leads down.</summary>
    public static IReadOnlyList<string> Circles(ProjectCode code)
    {
        var arrows = ArrowsOf(code);
        var reaches = arrows.Keys.ToDictionary(a => a, a => Reached(a.To, arrows.Keys));
        return
        [
            .. arrows.Where(a => reaches[a.Key].Contains(a.Key.From)).OrderBy(a => a.Key)
                .Select(a => $"{code.Name}: {Name(a.Key.From)} names {Name(a.Key.To)} ({string.Join(", ", a.Value.Take(3))}), from where arrows lead back to {Name(a.Key.From)}."),
        ];
    }

    /// <summary>Which folder names which, with the places that do.</summary>
    public static Dictionary<(string From, string To), List<string>> ArrowsOf(ProjectCode code)
    {
        var arrows = new Dictionary<(string From, string To), List<string>>();
        foreach (var (file, line, named) in code.Names)
        {
            var from = ProjectCode.FolderOf(file);
            foreach (var to in ProjectCode.FilesOf(named).Select(ProjectCode.FolderOf).Where(t => t != from).Distinct(StringComparer.Ordinal))
            {
                if (!arrows.TryGetValue((from, to), out var places)) arrows[(from, to)] = places = [];
                places.Add($"{file}:{line} {named.Name}");
            }
        }

        return arrows;
    }

    private static HashSet<string> Reached(string start, IReadOnlyCollection<(string From, string To)> arrows)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { start };
        var waiting = new Stack<string>([start]);
        while (waiting.TryPop(out var folder))
        {
            foreach (var (_, to) in arrows.Where(a => a.From == folder))
            {
                if (reached.Add(to)) waiting.Push(to);
            }
        }

        return reached;
    }

    private static string Name(string folder) => folder.Length == 0 ? "the root" : folder + "/";
}
