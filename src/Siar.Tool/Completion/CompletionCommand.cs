using System.CommandLine;

namespace Siar.Tool;

/// <summary>The command line of <c>siar completion</c>.</summary>
internal static class CompletionCommand
{
    private const string Details = """
        Put the line for your shell where it reads its settings:

          bash        eval "$(siar completion bash)"
          zsh         eval "$(siar completion zsh)"
          fish        siar completion fish | source
          PowerShell  siar completion pwsh | Out-String | Invoke-Expression
        """;

    private static readonly string[] Shells = ["bash", "zsh", "fish", "pwsh"];

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or pwsh" };
        shell.AcceptOnlyFromAmong(Shells);
        var command = new DetailedCommand("completion", "Prints what teaches a shell to complete siar's commands and flags", Details) { shell };
        command.SetAction((parsed, _) => PrintAsync(parsed.GetRequiredValue(shell)));
        return command;
    }

    private static async Task<int> PrintAsync(string shell)
    {
        await using var script = typeof(CompletionCommand).Assembly.GetManifestResourceStream($"completion/{shell}")!;
        var output = StandardOutput.OpenBuffered();
        await script.CopyToAsync(output);
        await output.FlushAsync();
        return ExitCode.Ok;
    }
}
