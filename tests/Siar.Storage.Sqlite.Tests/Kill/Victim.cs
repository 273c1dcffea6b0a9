namespace Siar.Storage.Sqlite.Tests.Kill;

internal static class Victim
{
    public const string Argument = "--victim";

    public static Task<int> RunAsync(string path, int seed) => Task.FromResult(path.Length + seed);
}
