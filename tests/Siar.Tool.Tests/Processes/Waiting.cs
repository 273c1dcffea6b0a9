namespace Siar.Tool.Tests;

/// <summary>Waits for what other processes do: a minute, by the clock on the wall, since theirs cannot be turned.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);
    private const int MostGlances = 1_200;

    public static Task UntilAsync(Func<bool> isSo) => UntilAsync(() => Task.FromResult(isSo()), static () => "");

    /// <summary>Waits until something is so.</summary>
    /// <param name="isSo">Whether it is.</param>
    /// <param name="otherwise">What is to be said where it never is.</param>
    public static async Task UntilAsync(Func<Task<bool>> isSo, Func<string> otherwise)
    {
        for (var glance = 0; !await isSo(); glance++)
        {
            glance.ShouldBeLessThan(MostGlances, otherwise());
            await Task.Delay(Glance, TimeProvider.System);
        }
    }
}
