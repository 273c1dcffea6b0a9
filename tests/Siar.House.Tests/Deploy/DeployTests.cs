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

    [Theory]
    [InlineData("io_uring_setup")]
    [InlineData("io_uring_enter")]
    [InlineData("io_uring_register")]
    // A hub raises the number of files that it may open.
    [InlineData("prlimit64")]
    [InlineData("setrlimit")]
    // The runtime's own.
    [InlineData("membarrier")]
    [InlineData("sched_setaffinity")]
    public void The_unit_lets_the_hub_call(string call)
    {
        var filters = Repository.Read("deploy/siar.service").Split('\n').Where(l => l.StartsWith("SystemCallFilter=", StringComparison.Ordinal)).Select(l => l["SystemCallFilter=".Length..]).ToList();
        filters.Where(f => f[0] != '~').SelectMany(CallsOf).ShouldContain(call);
        filters.Where(f => f[0] == '~').SelectMany(f => CallsOf(f[1..])).ShouldNotContain(call);
    }

    [Fact]
    public void The_image_asks_the_hub_that_it_starts()
    {
        var lines = Repository.Read("deploy/Dockerfile").Split('\n');
        var (starts, asks) = (WordsAfter("ENTRYPOINT "), WordsAfter("HEALTHCHECK "));
        asks.ShouldBe([starts[0], "health"]);
        starts[1..].ShouldBe(["serve"]);

        string[] WordsAfter(string instruction) =>
            [.. JsonElement.Parse(lines.Single(l => l.StartsWith(instruction, StringComparison.Ordinal)) is var line ? line[line.IndexOf('[', StringComparison.Ordinal)..] : "").EnumerateArray().Select(w => w.GetString()!)];
    }

    private static IEnumerable<string> CallsOf(string set)
    {
        var (exitCode, output) = Command.Run("systemd-analyze", "syscall-filter", "--no-pager", set);
        exitCode.ShouldBe(0, output);
        return output.Split('\n').Skip(1).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#').SelectMany(l => l[0] == '@' ? CallsOf(l) : [l]);
    }

    [GeneratedRegex(@"-p:PublishProfile=(?<name>\S+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Profile();
}
