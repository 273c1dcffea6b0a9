using Siar.Storage.Sqlite.Tests.Kill;
using Xunit.Runner.InProc.SystemConsole;

namespace Siar.Storage.Sqlite.Tests;

internal static class Program
{
    private static Task<int> Main(string[] arguments) =>
        arguments is [Victim.Argument, var path, var seed] ? Victim.RunAsync(path, int.Parse(seed)) : ConsoleRunner.Run(arguments);
}
