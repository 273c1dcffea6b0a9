namespace Siar.Bench.Micro;

internal static class Program
{
    private static void Main()
    {
    }
}
