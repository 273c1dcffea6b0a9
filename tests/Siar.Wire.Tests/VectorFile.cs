using System.Text.Json;
using Siar.TestKit;

namespace Siar.Wire.Tests;

/// <summary>The vectors of one folder, as the rows of a theory: the file and the name tell which one failed.</summary>
internal static class VectorFile
{
    public static TheoryData<string, string> Names(string folder)
    {
        var rows = new TheoryData<string, string>();
        foreach (var file in Vectors.Files(folder))
        foreach (var vector in Read(file))
            rows.Add(Path.GetFileName(file), vector.GetProperty("name").GetString()!);

        return rows;
    }

    public static JsonElement Find(string folder, string file, string name) =>
        Read(Path.Combine(Vectors.Root, folder, file)).Single(v => v.GetProperty("name").GetString() == name);

    private static JsonElement[] Read(string file) => JsonSerializer.Deserialize<JsonElement[]>(File.ReadAllBytes(file))!;
}
