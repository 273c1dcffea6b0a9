namespace Siar.Bench.Storage;

internal static class Figures
{
    public static string Milliseconds(List<TimeSpan> times)
    {
        times.Sort();
        return $"p50 {At(0.5):F2} ms, p90 {At(0.9):F2} ms, p99 {At(0.99):F2} ms";

        double At(double part) => times[(int)((times.Count - 1) * part)].TotalMilliseconds;
    }
}
