using System.Text.Json;

namespace Siar.Tool.Tests;

/// <summary><c>siar revoke</c>, and what becomes of a revocation with the hub's process and its log.</summary>
[Trait("runs", "siar")]
public sealed class RevokeTests
{
    private const string Secret = "!ChangeThisMercureHubJWTSecretKey!";

    private static readonly Dictionary<string, string> Keys = new() { ["SIAR_KEYS_PUBLISHER"] = Secret, ["SIAR_KEYS_SUBSCRIBER"] = Secret };

    [Fact]
    public async Task Its_reader_ends_with_the_hubs_sentence_also_after_a_kill_at_a_copy_of_the_log_and_until_it_is_lifted()
    {
        using var folder = new TestFolder();
        var store = $"sqlite:{folder.File("a.db")}";
        var alice = await TokenAsync("--subscribe", "t", "--subject", "alice");
        var bob = await TokenAsync("--subscribe", "t", "--subject", "bob");
        await using (var hub = await StartAsync("--store", store))
        {
            var reading = hub.Subscribe("t", "--token", alice, "--format", "sse");
            await using (reading)
            {
                // It is level, and told so.
                await reading.ReadAsync();
                (await RevokeAsync(hub, "--user", "alice", "--for", "1h")).Error.ShouldContain("refused until 20");
                var (exitCode, output, error) = await reading.FinishAsync();
                exitCode.ShouldBe(ExitCode.Failure);
                output.ShouldContain("siar.revoked");
                error.ShouldContain("was revoked");
            }

            await using (var publish = hub.Publish("t", "x", "--token", await TokenAsync("--publish", "t", "--subject", "alice")))
            {
                var refused = await publish.FinishAsync();
                refused.ExitCode.ShouldBe(ExitCode.Failure);
                refused.Errors.ShouldContain("was revoked");
            }

            await hub.Process.KillAsync();
        }

        await using (var again = await StartAsync("--store", store))
        {
            (await RefusalAsync(again, alice)).ShouldContain("was revoked");
            await using var other = again.Subscribe("t", "--token", bob, "--timeout", "1ms");
            (await other.FinishAsync()).ExitCode.ShouldBe(ExitCode.Ok);
        }

        var copy = $"sqlite:{folder.File("b.db")}";
        (await SiarProcess.RunAsync("log", "copy", store, copy)).ExitCode.ShouldBe(ExitCode.Ok);
        await using var copied = await StartAsync("--store", copy);
        (await RefusalAsync(copied, alice)).ShouldContain("was revoked");
        var listed = (await RevokeAsync(copied, "--list")).Output;
        JsonElement.Parse(listed).GetProperty("user").GetString().ShouldBe("alice");
        (await RevokeAsync(copied, "--user", "alice", "--lift")).ExitCode.ShouldBe(ExitCode.Ok);
        (await RevokeAsync(copied, "--user", "alice", "--lift")).ExitCode.ShouldBe(ExitCode.Failure);
        await using var back = copied.Subscribe("t", "--token", alice, "--timeout", "1ms");
        (await back.FinishAsync()).ExitCode.ShouldBe(ExitCode.Ok);
    }

    [Fact]
    public async Task A_token_is_revoked_by_its_id_until_its_end_and_one_that_only_reads_may_revoke_nobody()
    {
        await using var hub = await StartAsync();
        var token = await TokenAsync("--subscribe", "t", "--expires", "2h");
        (await RevokeAsync(hub, "--jwt", token)).ExitCode.ShouldBe(ExitCode.Ok);
        (await RefusalAsync(hub, token)).ShouldContain("was revoked");
        var until = JsonElement.Parse((await RevokeAsync(hub, "--list")).Output).GetProperty("until").GetDateTimeOffset();
        until.ShouldBeInRange(TimeProvider.System.GetUtcNow().AddMinutes(60), TimeProvider.System.GetUtcNow().AddMinutes(121));

        await using var refused = SiarProcess.Start("revoke", "--hub", hub.Url, "--user", "alice", "--for", "1h", "--token", await TokenAsync("--publish", "t"));
        var (exitCode, _, error) = await refused.FinishAsync();
        exitCode.ShouldBe(ExitCode.Failure);
        error.ShouldContain("it takes a grant to publish to");
    }

    [Theory]
    [InlineData("which callers", "--for", "1h")]
    [InlineData("which callers", "--user", "a", "--address", "192.0.2.1", "--for", "1h")]
    [InlineData("how long", "--user", "a")]
    [InlineData("say the same", "--user", "a", "--for", "1h", "--until", "2035-01-31T12:00:00Z")]
    [InlineData("refuses nobody", "--user", "a", "--for", "1h", "--disconnect")]
    [InlineData("goes with --user", "--address", "192.0.2.1", "--issuer", "b", "--for", "1h")]
    [InlineData("is no claim", "--claim", "role", "--for", "1h")]
    [InlineData("no token", "--jwt", "a.b.c")]
    [InlineData("no id", "--jwt", "e30.e30.e30")]
    public async Task A_wrong_command_line_is_said(string sentence, params string[] arguments)
    {
        var (exitCode, _, error) = await SiarProcess.RunAsync(["revoke", .. arguments]);
        exitCode.ShouldBe(ExitCode.Usage);
        error.ShouldContain(sentence);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RevokeAsync(RunningHub hub, params string[] arguments)
    {
        await using var revoke = SiarProcess.Start(["revoke", "--hub", hub.Url, "--token", await TokenAsync("--publish", "/.well-known/mercure/revocations", "--subject", "operator"), .. arguments]);
        var (exitCode, output, error) = await revoke.FinishAsync();
        return (exitCode, output, error);
    }

    private static Task<RunningHub> StartAsync(params string[] arguments) =>
        RunningHub.StartAsync(Keys, ["--issuer", "https://localhost", "--resource", "https://localhost/.well-known/mercure", .. arguments]);

    private static async Task<string> RefusalAsync(RunningHub hub, string token)
    {
        await using var refused = hub.Subscribe("t", "--token", token);
        var (exitCode, _, error) = await refused.FinishAsync();
        exitCode.ShouldBe(ExitCode.Failure);
        return error;
    }

    private static async Task<string> TokenAsync(params string[] arguments)
    {
        await using var token = SiarProcess.Start(Keys, ["token", "--issuer", "https://localhost", "--resource", "https://localhost/.well-known/mercure", "--quiet", .. arguments]);
        return (await token.FinishAsync()).Output.Trim();
    }
}
