using System.Diagnostics;
using System.Net;
using System.Runtime.Versioning;

namespace Siar.Tool.Tests;

/// <summary>The package of Debian: made of the program, installed into a throw-away folder, and used from there as its unit says.</summary>
[UnsupportedOSPlatform("windows")]
[Trait("runs", "siar")]
public sealed class DebianPackageTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateFolder = Private | UnixFileMode.UserExecute;

    private readonly TestFolder _folder = new();

    private string Root => _folder.File("root");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_installs_a_hub_with_user_unit_settings_and_keys_of_its_own_keeps_what_was_changed_and_leaves_nothing()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("dpkg installs only for root.");
        var package = await MakeAsync();
        (await ModesAsync(package)).ShouldBe(
        [
            "drwxr-xr-x ./", "drwxr-xr-x ./etc/", "drwxr-xr-x ./etc/siar/", "-rw-r--r-- ./etc/siar/siar.json", "drwxr-xr-x ./usr/", "drwxr-xr-x ./usr/bin/", "-rwxr-xr-x ./usr/bin/siar",
            "drwx------ ./var/lib/siar/",
        ]);
        MakeRoot();

        await DpkgAsync("--install", package);
        await DpkgAsync("--verify", "siar");
        (await RunAsync(InRoot("usr/bin/siar"), "--version")).ShouldStartWith(Product.Version);
        (await File.ReadAllLinesAsync(InRoot("etc/passwd"))).ShouldHaveSingleItem().ShouldMatch(@"^siar:x:\d+:\d+::/var/lib/siar:/usr/sbin/nologin$");
        (await RunAsync("stat", "-c", "%u", InRoot("var/lib/siar"))).Trim().ShouldBe((await File.ReadAllTextAsync(InRoot("etc/passwd"))).Split(':')[2]);
        File.GetUnixFileMode(InRoot("var/lib/siar")).ShouldBe(PrivateFolder);
        File.GetUnixFileMode(InRoot("etc/siar/siar.env")).ShouldBe(Private);
        await ShouldServeAsync();

        // What the operator has changed stays, and so do the keys.
        var keys = await File.ReadAllTextAsync(InRoot("etc/siar/siar.env"), TestContext.Current.CancellationToken);
        await File.AppendAllTextAsync(InRoot("etc/siar/siar.json"), "// ours\n", TestContext.Current.CancellationToken);
        await DpkgAsync("--force-confold", "--install", package);
        (await File.ReadAllTextAsync(InRoot("etc/siar/siar.json"), TestContext.Current.CancellationToken)).ShouldEndWith("// ours\n");
        (await File.ReadAllTextAsync(InRoot("etc/siar/siar.env"), TestContext.Current.CancellationToken)).ShouldBe(keys);

        await DpkgAsync("--remove", "siar");
        File.Exists(InRoot("etc/siar/siar.json")).ShouldBeTrue();
        File.Exists(InRoot("var/lib/siar/siar.db")).ShouldBeTrue();
        await DpkgAsync("--purge", "siar");
        Directory.EnumerateFileSystemEntries(Root, "*siar*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    // As the unit starts it, on a port that the system chooses.
    private async Task ShouldServeAsync()
    {
        var unit = await File.ReadAllLinesAsync(InRoot("usr/lib/systemd/system/siar.service"));
        unit.ShouldContain("User=siar");
        var start = unit.Single(l => l.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..].Split(' ');
        start[0].ShouldBe("/usr/bin/siar");
        var variables = (await File.ReadAllLinesAsync(InRoot("etc/siar/siar.env"))).Where(l => !l.StartsWith('#')).Select(l => l.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
        variables.Keys.ShouldBe(["SIAR_KEYS_PUBLISHER", "SIAR_KEYS_SUBSCRIBER"]);
        variables.Values.ShouldAllBe(key => Convert.FromBase64String(key).Length == 32);
        variables.Values.Distinct().Count().ShouldBe(2);

        string[] arguments = [.. start[1..].Select(a => a.StartsWith('/') ? InRoot(a[1..]) : a), "--url", "http://127.0.0.1:0", "--store", $"sqlite:{InRoot("var/lib/siar/siar.db")}"];
        await using var hub = SiarProcess.StartProgram(variables, InRoot("usr/bin/siar"), arguments);
        var url = (await hub.ReadAsync()).TrimEnd('/');
        using var http = new HttpClient();
        (await http.PostAsync(url + "/events/t", new StringContent("x"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await RunAsync(InRoot("usr/bin/siar"), "health", url)).ShouldBe($"The hub at {url} is ready.\n");
        await hub.SignalAsync(SiarProcess.SigTerm);
        (await hub.FinishAsync()).ExitCode.ShouldBe(ExitCode.Ok);
    }

    private async Task<string> MakeAsync()
    {
        var program = SiarProgram.Command[0];
        if (!SiarProgram.IsNative)
        {
            program = _folder.File("siar");
            await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec {SiarProgram.ShellCommand} \"$@\"\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(program, PrivateFolder);
        }

        await RunAsync(Path.GetFullPath(Path.Combine(TestKit.Vectors.Root, "..", "..", "deploy", "debian", "build")), program, _folder.Path);
        return Directory.GetFiles(_folder.Path, "siar_*.deb").ShouldHaveSingleItem();
    }

    // What a package must not change of a system, above all its root.
    private static async Task<IReadOnlyList<string>> ModesAsync(string package)
    {
        var entries = (await RunAsync("dpkg-deb", "--contents", package)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        entries.ShouldAllBe(e => e[1] == "root/root");
        return [.. entries.Select(e => $"{e[0]} {e[^1]}").Where(e => !e.Contains(" ./usr/lib", StringComparison.Ordinal) && !e.Contains(" ./usr/share", StringComparison.Ordinal)
            && !e.EndsWith(" ./var/", StringComparison.Ordinal) && !e.EndsWith(" ./var/lib/", StringComparison.Ordinal))];
    }

    private void MakeRoot()
    {
        foreach (var folder in new[] { "etc", "var/lib/dpkg/info", "var/lib/dpkg/updates" }) Directory.CreateDirectory(InRoot(folder));
        foreach (var file in new[] { "etc/passwd", "etc/group", "etc/shadow", "etc/gshadow", "var/lib/dpkg/status" }) File.WriteAllText(InRoot(file), "");
    }

    private string InRoot(string path) => Path.Combine(Root, path);

    // There are no other packages in the folder, and no shell to change the root to.
    private Task<string> DpkgAsync(params string[] arguments) => RunAsync("dpkg", [$"--root={Root}", "--log=/dev/null", "--force-script-chrootless", "--force-depends", .. arguments]);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["DPKG_DEB_COMPRESSOR_TYPE"] = "none" } };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}\n{await output}{await errors}");
        return await output;
    }
}
