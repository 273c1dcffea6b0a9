namespace Siar.Bench.Micro.Wire;

/// <summary>The parse benchmarks by turns: <c>dotnet run -c Release --project bench/micro -- paired</c></summary>
internal static class ParsePaired
{
    public static void Run()
    {
        Console.WriteLine("| parse 1 MiB | Siar, least | runtime, least | ratio | median ratio |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var shape in Enum.GetValues<EventShape>())
        {
            var benchmarks = new ParseBenchmarks { Shape = shape };
            benchmarks.SetUp();
            Paired.Compare($"{shape}, bytes", benchmarks.SiarBytes, benchmarks.RuntimeBytes);
            Paired.Compare($"{shape}, strings", benchmarks.SiarStrings, benchmarks.RuntimeStrings);
        }
    }
}
