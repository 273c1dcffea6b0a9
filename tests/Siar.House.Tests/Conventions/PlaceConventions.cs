using System.Text.RegularExpressions;

namespace Siar.House.Tests.Conventions;

/// <summary>What keeps the repository free of the places where it happened to be made: a clone works anywhere.</summary>
internal static partial class PlaceConventions
{
    public static IEnumerable<Convention> All =>
    [
        new("No file names a path of one machine")
        {
            AppliesTo = FileKinds.IsText,
            Find = Lines.Without(MachinePath(), "a path that only one machine has."),
            Broken = ("docs/a.md", "Run " + "/home/" + "someone/siar/test.\n"),
            Kept = ("docs/a.md", "Run ./test, or read /etc/siar.json.\n"),
        },
        new("No file names the host of a package registry")
        {
            AppliesTo = FileKinds.IsText,
            Find = Lines.Without(RegistryHost(), "packages come from where the machine's own configuration says."),
            Broken = ("tests/browser/package-lock.json", "\"resolved\": \"https://registry" + ".npmjs.org/x/-/x-1.0.0.tgz\",\n"),
            Kept = ("tests/browser/package-lock.json", "\"version\": \"1.0.0\",\n"),
        },
        new("A lock file does not say where a package was fetched")
        {
            AppliesTo = path => path.EndsWith("package-lock.json", StringComparison.Ordinal),
            Find = Lines.Without(Resolved(), "set omit-lockfile-registry-resolved in .npmrc and write the lock file anew."),
            Broken = ("tests/browser/package-lock.json", "      \"resolved\": \"https://packages.example/x.tgz\",\n"),
            Kept = ("tests/browser/package-lock.json", "      \"integrity\": \"sha512-x\",\n"),
        },
        new("No configuration names a package source")
        {
            AppliesTo = path => Path.GetFileName(path).ToUpperInvariant() is "NUGET.CONFIG" or ".NPMRC"
                || Path.GetExtension(path) is ".csproj" or ".props" or ".targets",
            Find = Lines.Without(PackageSource(), "a package source belongs to the machine's own configuration."),
            Broken = ("NuGet.config", "    <add key=\"ours\" value=\"https://packages.example/index.json\" />\n"),
            Kept = ("NuGet.config", "    <add key=\"signatureValidationMode\" value=\"accept\" />\n"),
        },
    ];

    [GeneratedRegex(@"(?<![\w.$~}*])/(root|work|home/\w+|Users/\w+)/|\b[A-Z]:\\\\?Users\\")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"registry\.npmjs\.|registry\.yarnpkg\.|(api|www)\.nuget\.org|deb\.debian\.org|pypi\.org|pkgs\.dev\.azure|artifactor[y]", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex RegistryHost();

    [GeneratedRegex(@"^\s*""resolved"":")]
    private static partial Regex Resolved();

    [GeneratedRegex(@"<add\b[^>]*\bvalue\s*=\s*""https?:|RestoreSources|RestoreAdditionalProjectSources|^\s*(@\S+:)?registry\s*=|_authToken", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex PackageSource();
}
