using System.Text.Json;
using System.Text.Json.Nodes;

namespace Siar.Bench.Load.Runs;

/// <summary>What one run of one contender found: a file, so that runs made at different times can be put together.</summary>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Contender">The contender's.</param>
/// <param name="Repeat">Which of the interleaved rounds, from 1.</param>
/// <param name="Figures">The instrument's report; null where it had none.</param>
/// <param name="Failure">What went wrong; null where nothing did.</param>
internal sealed record RunResult(string Scenario, string Contender, int Repeat, JsonNode? Figures, string? Failure)
{
    /// <summary>How many others wanted the processors in the minute before: the machine's load average. Above 1 or so the figures are rough.</summary>
    public double LoadAverage { get; init; }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public JsonObject ToJson() => new()
    {
        ["scenario"] = Scenario,
        ["contender"] = Contender,
        ["repeat"] = Repeat,
        ["loadAverage"] = LoadAverage,
        ["failure"] = Failure,
        ["figures"] = Figures?.DeepClone(),
    };

    public async Task SaveAsync(DirectoryInfo folder) =>
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, $"{Scenario}.{Contender}.{Repeat}.json"), ToJson().ToJsonString(Indented) + "\n");

    /// <summary>All results in a folder.</summary>
    public static IReadOnlyList<RunResult> Load(DirectoryInfo folder) =>
    [
        .. from file in folder.EnumerateFiles("*.*.*.json")
           let json = JsonNode.Parse(File.ReadAllText(file.FullName))!
           select new RunResult((string)json["scenario"]!, (string)json["contender"]!, (int)json["repeat"]!, json["figures"], (string?)json["failure"]) { LoadAverage = (double?)json["loadAverage"] ?? 0 },
    ];

    /// <summary>A figure by the path of its names; null where it is not there.</summary>
    public double? Figure(string path)
    {
        var node = Figures;
        foreach (var name in path.Split('.')) node = (node as JsonObject)?[name];
        return node is null ? null : (double)node;
    }
}
