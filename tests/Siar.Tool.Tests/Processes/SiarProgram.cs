namespace Siar.Tool.Tests;

/// <summary>The program that is tested: the built one beside this assembly, or the native one whose whole path is <c>NATIVE_SIAR</c>.</summary>
internal static class SiarProgram
{
    private static readonly string? Native = Environment.GetEnvironmentVariable("NATIVE_SIAR");

    /// <summary>Whether it is the native one.</summary>
    public static bool IsNative => Native is { Length: > 0 };

    /// <summary>The words that start it, before its own arguments.</summary>
    public static IReadOnlyList<string> Command { get; } =
        IsNative ? [Native!] : ["dotnet", Path.Combine(AppContext.BaseDirectory, "siar.dll")];

    /// <summary>The same for a line of a shell.</summary>
    public static string ShellCommand => string.Join(' ', Command.Select(word => $"'{word}'"));
}
