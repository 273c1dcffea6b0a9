using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Siar.Tool.Tests;

/// <summary>A hub on a Unix socket: what a hub that was killed left behind, and who may connect.</summary>
[UnsupportedOSPlatform("windows")]
[Trait("runs", "siar")]
public sealed class UnixSocketTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Path => _folder.File("hub.sock");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("portable")]
    [InlineData("sockets")]
    public async Task The_socket_of_a_hub_that_was_killed_is_replaced(string transport)
    {
        SkipElsewhere();
        await using (var killed = await ServeAsync(transport))
        {
            (await AskAsync()).ShouldBe("""{"status":"ok"}""");
            await killed.KillAsync();
        }

        File.Exists(Path).ShouldBeTrue("what is killed leaves its socket behind");
        await using var next = await ServeAsync(transport);
        (await AskAsync()).ShouldBe("""{"status":"ok"}""");
    }

    [Theory]
    [InlineData("portable")]
    [InlineData("sockets")]
    public async Task A_socket_on_which_somebody_answers_is_left_to_them(string transport)
    {
        SkipElsewhere();
        await using var first = await ServeAsync(transport);
        await using var second = Start(transport);

        var end = await second.FinishAsync();

        end.ExitCode.ShouldBe(ExitCode.Failure);
        end.Errors.ShouldContain("address already in use: end what listens there, or give another address with --url,");
        (await AskAsync()).ShouldBe("""{"status":"ok"}""");
    }

    [Theory]
    [InlineData("portable")]
    [InlineData("sockets")]
    public async Task What_is_no_socket_is_never_deleted(string transport)
    {
        SkipElsewhere();
        await File.WriteAllTextAsync(Path, "precious", TestContext.Current.CancellationToken);
        await using var process = Start(transport);

        var end = await process.FinishAsync();

        end.ExitCode.ShouldBe(ExitCode.Failure);
        end.Errors.ShouldContain($"siar serve: '{Path}' is there, and is no socket: remove it, or give the Unix socket another path.");
        (await File.ReadAllTextAsync(Path, TestContext.Current.CancellationToken)).ShouldBe("precious");
    }

    [Theory]
    [InlineData("portable")]
    [InlineData("sockets")]
    public async Task A_folder_that_is_not_there_is_said_in_a_sentence(string transport)
    {
        SkipElsewhere();
        var path = _folder.File("missing/hub.sock");
        await using var process = SiarProcess.Start("serve", "--url", $"http://unix:{path}", "--store", "memory", "--transport", transport);

        var end = await process.FinishAsync();

        end.ExitCode.ShouldBe(ExitCode.Failure);
        end.Errors.ShouldContain($"siar serve: The Unix socket '{path}' cannot be made: its folder must be there, and this user must be allowed to write to it.");
    }

    [Theory]
    [InlineData("portable")]
    [InlineData("sockets")]
    public async Task A_proxy_of_another_user_may_connect_where_the_mode_says_so(string transport)
    {
        SkipElsewhere();
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        await using (await ServeAsync(transport, "--unix-socket-mode", "600"))
        {
            File.GetUnixFileMode(Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            if (CanBeOthers) (await CurlAsNobodyAsync()).ShouldNotBe(0);
        }

        await using (await ServeAsync(transport, "--unix-socket-mode", "0666"))
        {
            File.GetUnixFileMode(Path).ShouldBe((UnixFileMode)0b110_110_110);
            if (CanBeOthers) (await CurlAsNobodyAsync()).ShouldBe(0);
        }
    }

    private static bool CanBeOthers => Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv") && File.Exists("/usr/bin/curl");

    private static void SkipElsewhere()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Bare sockets are there on Linux only.");
    }

    private SiarProcess Start(string transport, params string[] more) =>
        SiarProcess.Start(["serve", "--url", $"http://unix:{Path}", "--store", "memory", "--transport", transport, .. more]);

    private async Task<SiarProcess> ServeAsync(string transport, params string[] more)
    {
        var process = Start(transport, more);
        await process.ReadAsync();
        return process;
    }

    private async Task<string> AskAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        return await http.GetStringAsync("http://localhost/health/live");
    }

    private async Task<int> CurlAsNobodyAsync()
    {
        using var curl = Process.Start("/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/curl", "-sS", "--output", "/dev/null", "--unix-socket", Path, "http://localhost/health/live"]);
        await curl.WaitForExitAsync(TestContext.Current.CancellationToken);
        return curl.ExitCode;
    }
}
