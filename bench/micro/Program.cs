using BenchmarkDotNet.Running;

namespace Siar.Bench.Micro;

/// <summary><c>dotnet run -c Release --project bench/micro -- --filter '*Wire*'</c></summary>
internal static class Program
{
    private static void Main(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, new MicroConfig());
}
