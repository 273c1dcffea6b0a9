namespace Siar.Tool;

internal static class Program
{
    private static void Main()
    {
    }
}
