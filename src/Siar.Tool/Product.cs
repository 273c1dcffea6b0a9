using System.Reflection;

namespace Siar.Tool;

/// <summary>What this program is called and which of its versions it is.</summary>
internal static class Product
{
    public const string Name = "siar";

    /// <summary>The version, without the build's own suffix.</summary>
    public static string Version { get; } =
        typeof(Product).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
