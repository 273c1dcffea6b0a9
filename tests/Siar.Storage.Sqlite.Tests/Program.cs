using Siar.Storage.Sqlite.Tests.Kill;
using Xunit.Runner.InProc.SystemConsole;

namespace Siar.Storage.Sqlite.Tests;

internal static class Program
{
    private static Task<int> Main(string[] arguments) =>
        arguments switch
        {
            [Victim.Argument, var path, var seed] => Victim.RunAsync(path, int.Parse(seed)),
            [RestoreKillTests.Argument, var source, var path, var step] => Task.FromResult(RestoreKillTests.RestoreAndDie(source, path, int.Parse(step))),
            _ => ConsoleRunner.Run(arguments),
        };
}
