using System.IO.Compression;
using System.Xml.Linq;

namespace Siar.House.Tests.Deploy;

/// <summary>A package has what whoever refers to it needs: the code and its documentation, a readme, an icon, a licence, and symbols beside it.</summary>
public sealed class PackageTests
{
    [Fact]
    public void A_package_has_readme_icon_licence_and_symbols()
    {
        var folder = Directory.CreateTempSubdirectory("siar-pack-");
        try
        {
            var (exitCode, output) = Command.Run(
                "dotnet", "pack", Repository.PathOf("src/Siar.Wire/Siar.Wire.csproj"), "-c", Repository.Configuration, "--no-build", "-nologo", "-v", "q", "-o", folder.FullName);
            exitCode.ShouldBe(0, output);
            using var package = ZipFile.OpenRead(Directory.GetFiles(folder.FullName, "*.nupkg").ShouldHaveSingleItem());
            new[] { "README.md", "icon.png", "lib/net10.0/Siar.Wire.dll", "lib/net10.0/Siar.Wire.xml" }.ShouldBeSubsetOf(package.Entries.Select(e => e.FullName));
            using var symbols = ZipFile.OpenRead(Directory.GetFiles(folder.FullName, "*.snupkg").ShouldHaveSingleItem());
            symbols.Entries.Select(e => e.FullName).ShouldContain("lib/net10.0/Siar.Wire.pdb");

            using var specification = package.GetEntry("Siar.Wire.nuspec")!.Open();
            var told = XDocument.Load(specification).Root!.Elements().Single().Elements().ToLookup(e => e.Name.LocalName, e => e.Value, StringComparer.Ordinal);
            told["license"].ShouldBe(["Apache-2.0"]);
            told["readme"].ShouldBe(["README.md"]);
            told["icon"].ShouldBe(["icon.png"]);
            told["description"].Single().ShouldNotStartWith("Package Description");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Every_room_but_the_program_is_packed() =>
        Repository.Rooms.Where(r => !Repository.Read($"src/{r}/{r}.csproj").Contains("<ProjectKind>Library</ProjectKind>", StringComparison.Ordinal)).ShouldBe(["Siar.Tool"]);

    [Fact]
    public void Every_package_says_what_it_is() =>
        Repository.Rooms.Where(r => r != "Siar.Tool" && !Repository.Read($"src/{r}/{r}.csproj").Contains("<Description>", StringComparison.Ordinal)).ShouldBeEmpty();
}
