using Siar.House.Tests.Docs.Commands;

namespace Siar.House.Tests.TestScript;

/// <summary><c>./test</c> decides whether anything may land, so it is tested: with suites that only pretend to run.</summary>
public sealed class TestScriptTests : IDisposable
{
    private const string FourPass = "echo '   One.Tests  Total: 5, Errors: 0, Failed: 0, Skipped: 1, Not Run: 0, Time: 0.1s'";
    private const string TwoFail = "echo '   Two.Tests  Total: 7, Errors: 1, Failed: 1, Skipped: 0, Not Run: 2, Time: 0.1s'; exit 1";

    private readonly DirectoryInfo _repository = Directory.CreateTempSubdirectory("siar-");

    public static TheoryData<string, string, int> Suites => new()
    {
        { FourPass, "8 passed, 0 failed, 2 skipped", 0 },
        { TwoFail, "7 passed, 2 failed, 1 skipped", 1 },
        // What a suite says of itself does not count when it ended otherwise.
        { FourPass + "; exit 3", "8 passed, 1 failed, 2 skipped", 1 },
        { "echo 'Segmentation fault'; exit 139", "4 passed, 1 failed, 1 skipped", 1 },
        { "echo '99 passed, 0 failed, 0 skipped'", "4 passed, 1 failed, 1 skipped", 1 },
        { "echo '   Two.Tests  Total: 0, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0, Time: 0.1s'", "4 passed, 1 failed, 1 skipped", 1 },
    };

    [Theory]
    [MemberData(nameof(Suites))]
    public async Task The_last_line_is_the_sum_and_the_exit_code_says_whether_all_is_well(string second, string sum, int exitCode)
    {
        Pretend(("One.Tests", FourPass), ("Two.Tests", second));

        var (code, lines) = await Run("One.Tests two.tests");

        lines[^1].ShouldBe(sum);
        code.ShouldBe(exitCode);
    }

    [Fact]
    public async Task A_build_that_fails_is_a_failure()
    {
        Pretend(("One.Tests", FourPass));
        var (code, lines) = await Run("One.Tests", ("BUILD", "1"));
        lines[^1].ShouldBe("0 passed, 1 failed, 0 skipped");
        code.ShouldBe(1);
    }

    [Fact]
    public async Task What_a_suite_leaves_running_is_ended()
    {
        Pretend(("One.Tests", "sleep 600 & echo $! >left; " + FourPass));
        (await Run("One.Tests")).Code.ShouldBe(0);
        var left = int.Parse((await File.ReadAllTextAsync(PathOf("left"))).Trim());
        // A process that was ended and that nobody has waited for is still listed, as a zombie.
        using var shell = Shell.Start($"while grep -q '^State:.[^ZX]' /proc/{left}/status 2>/dev/null; do sleep 0.1; done");
        (await shell.Ended(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1))).ShouldBe(0, shell.Output);
    }

    [Fact]
    public async Task A_suite_that_is_not_there_is_named()
    {
        Pretend(("One.Tests", FourPass));
        var (code, lines) = await Run("Three");
        lines[^1].ShouldBe("./test: there is no suite 'Three'. There are: One.Tests js clients browser native");
        code.ShouldBe(2);
    }

    public void Dispose() => _repository.Delete(recursive: true);

    private string PathOf(string name) => Path.Combine(_repository.FullName, name);

    /// <summary>Makes a repository of suites that are shell scripts, with a <c>dotnet</c> that runs them.</summary>
    private void Pretend(params IEnumerable<(string Suite, string Script)> suites)
    {
        File.Copy(Repository.PathOf("test"), PathOf("test"));
        foreach (var (suite, script) in suites)
        {
            Directory.CreateDirectory(PathOf("tests/" + suite));
            File.WriteAllText(PathOf(suite + ".sh"), script);
        }

        File.WriteAllText(PathOf("dotnet"), "if [ \"$1\" = build ]; then exit \"${BUILD:-0}\"; fi\nexec bash \"./$(basename \"$1\" .dll).sh\"\n");
    }

    private async Task<(int Code, IReadOnlyList<string> Lines)> Run(string arguments, params IReadOnlyList<(string Name, string Value)> environment)
    {
        using var shell = Shell.Start(
            $"cd '{_repository.FullName}'; chmod +x dotnet; PATH=\"$PWD:$PATH\" bash ./test {arguments} 2>&1", environment);
        var code = await shell.Ended(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1));
        return (code, shell.Output.TrimEnd().Split('\n'));
    }
}
