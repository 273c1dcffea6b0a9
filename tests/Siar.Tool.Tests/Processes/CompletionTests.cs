using System.Diagnostics;

namespace Siar.Tool.Tests;

[Trait("runs", "siar")]
public sealed class CompletionTests
{
    [Theory]
    [InlineData("siar su", "subscribe")]
    [InlineData("siar subscribe --for", "--format")]
    [InlineData("siar publish --ti", "--timeout")]
    public async Task What_could_stand_at_the_end_of_a_line_is_told(string line, string expected)
    {
        var (exitCode, output, _) = await SiarProcess.RunAsync($"[suggest:{line.Length}]", line);

        exitCode.ShouldBe(ExitCode.Ok);
        output.Split('\n').ShouldContain(expected);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task Each_shell_has_its_script(string shell)
    {
        var (exitCode, output, errors) = await SiarProcess.RunAsync("completion", shell);

        exitCode.ShouldBe(ExitCode.Ok);
        errors.ShouldBeEmpty();
        output.ShouldContain("[suggest:");
    }

    [Fact]
    public async Task Another_shell_is_a_wrong_command_line() => (await SiarProcess.RunAsync("completion", "cmd")).ExitCode.ShouldBe(ExitCode.Usage);

    [Fact]
    public async Task Bash_completes_with_its_script()
    {
        var script = $$"""
            siar() { {{SiarProgram.ShellCommand}} "$@"; }
            eval "$(siar completion bash)"
            COMP_LINE='siar subscribe --fo'
            COMP_WORDS=(siar subscribe --fo)
            COMP_CWORD=2
            COMP_POINT=${#COMP_LINE}
            _siar
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);

        output.ShouldBe("--format\n");
    }
}
