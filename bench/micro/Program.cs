using BenchmarkDotNet.Running;
using Siar.Bench.Micro.Client;
using Siar.Bench.Micro.Doors;
using Siar.Bench.Micro.Topics;
using Siar.Bench.Micro.Wire;

namespace Siar.Bench.Micro;

/// <summary><c>dotnet run -c Release --project bench/micro -- --filter '*Wire*'</c>, <c>-- paired</c>, <c>-- client</c>, <c>-- machine</c> or <c>-- connect</c>.</summary>
internal static class Program
{
    private static void Main(string[] args)
    {
        if (args is ["paired"]) ParsePaired.Run();
        else if (args is ["client"]) ReadPaired.Run();
        else if (args is ["machine"]) MachinePaired.Run();
        else if (args is ["connect"]) ConnectBenchmark.Run();
        else BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, new MicroConfig());
    }
}
