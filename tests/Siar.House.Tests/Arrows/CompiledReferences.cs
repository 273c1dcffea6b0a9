using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Siar.House.Tests.Arrows;

/// <summary>Reads from a compiled assembly what it refers to, without loading it.</summary>
internal static class CompiledReferences
{
    /// <summary>The simple names of the assemblies that the file refers to.</summary>
    public static IReadOnlyList<string> Of(string assemblyFile)
    {
        using var stream = File.OpenRead(assemblyFile);
        using var image = new PEReader(stream);
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name)).Order(StringComparer.Ordinal)];
    }
}
