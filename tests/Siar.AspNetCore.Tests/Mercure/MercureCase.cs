using System.Text.Json;
using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Mercure;

/// <summary>One case of <c>tests/vectors/mercure</c>.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Body">A publisher's body.</param>
/// <param name="Query">A query.</param>
/// <param name="Status">The status of the answer.</param>
/// <param name="Answer">The answer's body, where it is fixed.</param>
/// <param name="Data">The data that a reader then gets.</param>
/// <param name="Id">The id that it gets.</param>
/// <param name="Type">The type that it gets.</param>
internal sealed record MercureCase(string Name, string? Body, string? Query, int Status, string? Answer, string? Data, string? Id, string? Type)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<MercureCase> Read(string file) =>
        JsonSerializer.Deserialize<MercureCase[]>(File.ReadAllBytes(Path.Combine(Vectors.Root, "mercure", file)), Options)!;
}
