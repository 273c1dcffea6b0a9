using System.Text.Json;
using System.Text.RegularExpressions;

namespace Siar.House.Tests.Deploy;

/// <summary>What stands in <c>deploy/</c> and in the publish profile is what it says.</summary>
public sealed partial class DeployTests
{
    [Fact]
    public void The_profile_makes_a_native_program()
    {
        var (exitCode, output) = Command.Run(
            "dotnet", "msbuild", Repository.PathOf("src/Siar.Tool/Siar.Tool.csproj"), "-p:PublishProfile=linux-x64", "-nologo",
            "-getProperty:PublishAot,RuntimeIdentifier,Configuration,TreatWarningsAsErrors");
        exitCode.ShouldBe(0, output);
        JsonElement.Parse(output).GetProperty("Properties").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString(), StringComparer.Ordinal).ShouldBe(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["PublishAot"] = "true", ["RuntimeIdentifier"] = "linux-x64", ["Configuration"] = "Release", ["TreatWarningsAsErrors"] = "true",
            }, ignoreOrder: true);
    }

    [Fact]
    public void The_image_is_made_with_the_profile()
    {
        var profile = Profile().Match(Repository.Read("deploy/Dockerfile")).Groups["name"].Value;
        Repository.Files.ShouldContain($"src/Siar.Tool/Properties/PublishProfiles/{profile}.pubxml");
    }

    [Theory]
    [InlineData("LimitNOFILE=262144", "LimitNOFILE=262144", true)]
    [InlineData("LimitNOFILE=", "LimitNOFILES=", false)]
    public void The_unit_is_one_that_systemd_understands(string from, string to, bool isGood)
    {
        if (!File.Exists("/usr/bin/systemd-analyze")) Assert.Skip("There is no systemd here.");
        var folder = Directory.CreateTempSubdirectory("siar-unit-");
        try
        {
            var file = Path.Combine(folder.FullName, "siar.service");
            // systemd wants the program to be there.
            var unit = Repository.Read("deploy/siar.service").Replace("/usr/local/bin/siar", "/usr/bin/env", StringComparison.Ordinal);
            unit.ShouldContain(from);
            File.WriteAllText(file, unit.Replace(from, to, StringComparison.Ordinal));
            var (exitCode, output) = Command.Run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", file);
            (exitCode == 0 && output.Length == 0).ShouldBe(isGood, output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"-p:PublishProfile=(?<name>\S+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Profile();
}
