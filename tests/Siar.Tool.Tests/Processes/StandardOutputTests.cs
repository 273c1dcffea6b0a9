using System.Diagnostics;

namespace Siar.Tool.Tests;

/// <summary>What is written to standard output is there, or the command fails with a sentence; a reader that has had enough is no failure.</summary>
[Trait("runs", "siar")]
public sealed class StandardOutputTests : IDisposable
{
    private const string NoSpace = "siar: standard output cannot be written to: no space left on device. What stands there is not all.\n";
    private const string Closed = "siar: standard output cannot be written to: it is closed. What stands there is not all.\n";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Commands that need no hub and no log, each by its words.</summary>
    public static TheoryData<string> Commands =>
        ["--help", "--version", "bench --help", "completion bash", "serve --print-config", "token --subscribe a --quiet --key 0123456789abcdef0123456789abcdef"];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_full_disk_is_a_failure_with_a_sentence(string command) => (await ShellAsync($"siar {command} > /dev/full")).ShouldBe((1, "", NoSpace));

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Closed_output_is_a_failure_with_a_sentence(string command) => (await ShellAsync($"siar {command} >&-")).ShouldBe((1, "", Closed));

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_reader_that_has_had_enough_is_none(string command)
    {
        var (exitCode, output, errors) = await ShellAsync($"{{ siar {command}; echo \"ended with $?\" >&2; }} | head -n 1");

        (exitCode, errors).ShouldBe((0, "ended with 0\n"));
        output.Split('\n').Length.ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Errors_that_nobody_hears_change_nothing(string command) => (await ShellAsync($"siar {command} 2>&- > /dev/null; echo $?; siar {command} 2> /dev/full > /dev/null; echo $?")).ShouldBe((0, "0\n0\n", ""));

    [Fact]
    public async Task A_log_that_is_written_out_into_a_full_disk_is_a_failure()
    {
        await FillLogAsync(events: 2_000);
        foreach (var command in new[] { "export", "inspect", "verify", "inspect --json", "verify --json" })
        {
            (await ShellAsync($"siar log {command} > /dev/full")).ShouldBe((1, "", NoSpace), command);
            (await ShellAsync($"siar log {command} >&-")).ShouldBe((1, "", Closed), command);
            (await ShellAsync($"{{ siar log {command}; echo $? >&2; }} | head -n 1 > /dev/null")).ShouldBe((0, "", "0\n"), command);
        }

        // A disk that is full later, too. (Without that variable the runtime would map a file of its own that is larger than that; SQLite in the native program needs 2 MiB.)
        (await ShellAsync("(export DOTNET_EnableWriteXorExecute=0; ulimit -f 2048; trap '' XFSZ; siar log export > part)")).ShouldBe((1, "", NoSpace.Replace("no space left on device", "the file would be too large", StringComparison.Ordinal)));
        (await ShellAsync("siar log export > whole; wc -l < whole")).Output.Trim().ShouldBe("2000");
    }

    [Fact]
    public async Task A_log_is_damaged_although_nobody_reads_that()
    {
        await FillLogAsync(events: 2_000);
        await ShellAsync("for at in 100000 200000 300000; do printf garbage | dd of=siar.db bs=1 seek=$at conv=notrunc 2> /dev/null; done");

        var (_, _, errors) = await ShellAsync("{ siar log verify; echo $? >&2; } | :");
        errors.ShouldBe("3\n");
        (await ShellAsync("siar log verify > /dev/full")).ShouldBe((ExitCode.Damaged, "", NoSpace));
    }

    [Fact]
    public async Task What_is_published_is_published_although_its_id_cannot_be_told()
    {
        await using var hub = await RunningHub.StartAsync();

        var (exitCode, _, errors) = await ShellAsync($"siar publish t x --hub {hub.Url} > /dev/full");

        exitCode.ShouldBe(ExitCode.Failure);
        errors.ShouldMatch($"^siar publish: the event is published, and its id is [^ ]+\\.\n{NoSpace.Replace(".", "\\.", StringComparison.Ordinal)}$");
    }

    [Fact]
    public async Task A_reader_of_a_stream_whose_output_takes_no_more_ends()
    {
        await using var hub = await RunningHub.StartAsync();
        for (var i = 0; i < 3; i++) (await ShellAsync($"siar publish t {i} --hub {hub.Url} --quiet")).ExitCode.ShouldBe(0);
        var subscribe = $"siar subscribe t --since earliest --hub {hub.Url}";

        foreach (var format in new[] { "data", "sse", "json" })
        {
            (await ShellAsync($"{subscribe} --quiet --format {format} > /dev/full")).ShouldBe((1, "", NoSpace));
            (await ShellAsync($"{subscribe} --quiet --format {format} >&-")).ShouldBe((1, "", Closed));
        }
    }

    [Fact]
    public async Task A_reader_of_a_stream_whose_own_reader_has_had_enough_ends_without_a_word()
    {
        await using var hub = await RunningHub.StartAsync();
        (await ShellAsync($"siar publish t one --hub {hub.Url} --quiet")).ExitCode.ShouldBe(0);
        await using var reader = hub.Subscribe("t", "--since", "earliest");
        (await reader.ReadAsync()).ShouldBe("one");
        await reader.ReadErrorAsync("subscribed at");

        reader.CloseOutput();
        (await ShellAsync($"siar publish t two --hub {hub.Url} --quiet")).ExitCode.ShouldBe(0);

        (await reader.FinishAsync()).ShouldBe(new SiarProcess.Finished(ExitCode.Ok, "", ""));
    }

    [Theory]
    [InlineData(">&-")]
    [InlineData("> /dev/full")]
    public async Task A_hub_serves_although_its_address_cannot_be_told(string output)
    {
        var (exitCode, _, errors) = await ShellAsync($$"""
            : > said
            {{SiarProgram.ShellCommand}} serve --dev --store memory --url http://127.0.0.1:0 {{output}} 2> said &
            hub=$!
            until grep -q address said || ! kill -0 $hub; do sleep 0.1; done
            curl -s -o answer -w '%{http_code}\n' "$(sed -n 's/^ *address *//p' said)/health/live" >&2
            kill $hub
            wait $hub
            """);

        (exitCode, errors).ShouldBe((0, "200\n"));
    }

    private async Task FillLogAsync(int events)
    {
        await using var hub = await RunningHub.StartAsync("--store", $"sqlite:{_folder.File("siar.db")}");
        var lines = string.Join('\n', Enumerable.Range(1, events).Select(i => $$"""{"topics":["t"],"data":"{{i}} {{new string('x', 1_500)}}"}"""));
        for (var at = 0; at < events; at += 500)
        {
            using var body = new StringContent(string.Join('\n', lines.Split('\n').Skip(at).Take(500)), new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-ndjson"));
            (await hub.Http.PostAsync("events", body, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        }

        await hub.Process.SignalAsync(SiarProcess.SigTerm);
        (await hub.Process.FinishAsync()).ExitCode.ShouldBe(0);
    }

    /// <summary>Runs a script in which <c>siar</c> is the program.</summary>
    private async Task<(int ExitCode, string Output, string Errors)> ShellAsync(string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"siar() {{ {SiarProgram.ShellCommand} \"$@\"; }}\n{script}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = _folder.Path,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("SIAR_", StringComparison.Ordinal) || k.StartsWith("MERCURE_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        using var shell = Process.Start(start)!;
        var output = shell.StandardOutput.ReadToEndAsync();
        var errors = shell.StandardError.ReadToEndAsync();
        try
        {
            await shell.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            shell.Kill(entireProcessTree: true);
            throw;
        }

        return (shell.ExitCode, await output.WaitAsync(Patience), await errors.WaitAsync(Patience));
    }
}
