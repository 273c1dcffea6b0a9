namespace Siar.Client.Tests;

/// <summary>How long a test waits for what must come: long, so that only what never comes fails it.</summary>
internal static class Patience
{
    public static TimeSpan Time { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Waits until something is so that nobody tells.</summary>
    public static async Task UntilAsync(Func<bool> isSo)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Time, "What the test waits for does not come.");
            await Task.Yield();
        }
    }
}
