using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Siar.TestKit;

/// <summary>
/// Debian's redis-server with an append-only file on a free loopback port, with its data in a throw-away folder. It runs unprivileged: as <c>nobody</c> where the tests
/// run as root, as oneself otherwise. It ends, and its folder goes, when it is disposed of, and also when the test process dies: a shell waits for the end of
/// its own input.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const string Nobody = "65534";
    private const int Attempts = 5;
    private const string Ready = "Ready to accept connections";

    /// <summary>Runs the server, and ends it with the shell's input.</summary>
    private const string Script = """
        folder=$1 program=$2
        shift 2
        umask 077
        cd "$folder" || exit 1
        mkdir -p data
        "$program" "$@" &
        server=$!
        echo "$server" >pid
        cat >/dev/null
        kill -KILL "$server" 2>/dev/null
        wait "$server"
        [ -e keep ] || { cd / && rm -rf "$folder"; }
        """;

    private static readonly Lock Gate = new();
    private static Task<RedisServer>? _shared;
    private readonly string _folder;
    private readonly string[] _settings;
    private Process? _shell;

    private RedisServer(string folder, int port, string[] settings)
    {
        _folder = folder;
        Port = port;
        _settings = settings;
    }

    /// <summary>The server that all tests of an assembly share. It is started when the first asks for it, and ends with the process.</summary>
    public static Task<RedisServer> Shared
    {
        get
        {
            lock (Gate) return _shared ??= StartAsync();
        }
    }

    /// <summary>Where it listens, on the loopback address.</summary>
    public int Port { get; private set; }

    /// <summary>What a client connects to.</summary>
    public string Connection => $"127.0.0.1:{Port}";

    /// <summary>Starts a server of one's own.</summary>
    /// <param name="settings">More of its arguments.</param>
    public static async Task<RedisServer> StartAsync(params string[] settings)
    {
        var server = new RedisServer(Directory.CreateTempSubdirectory("siar-redis-").FullName, 0, settings);
        try
        {
            if (Environment.IsPrivilegedProcess) await RunAsync("chown", $"{Nobody}:{Nobody}", server._folder);
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a replica of this server.</summary>
    public Task<RedisServer> StartReplicaAsync() => StartAsync("--replicaof", "127.0.0.1", $"{Port}");

    /// <summary>Starts the server after <see cref="KillAsync"/>, on the port that it had.</summary>
    public async Task StartAgainAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var isChosen = Port == 0;
            if (isChosen) Port = FreePort();
            var said = await TryStartAsync();
            if (said is null) return;
            await StopAsync(keep: true);
            if (attempt == Attempts) throw new InvalidOperationException($"redis-server did not start: {said}");

            // Somebody else may have taken the port since it was seen to be free.
            if (isChosen) Port = 0;
        }
    }

    /// <summary>Kills the server with all that it has in hand.</summary>
    public Task KillAsync() => StopAsync(keep: true);

    /// <summary>Stops the server where it is, or has it go on.</summary>
    public async Task PauseAsync(bool isPaused) => await RunAsync("kill", isPaused ? "-STOP" : "-CONT", (await File.ReadAllTextAsync(Path.Combine(_folder, "pid"))).Trim());

    /// <summary>Deletes all that the server has kept. It must not run.</summary>
    public void DeleteData() => Directory.Delete(Path.Combine(_folder, "data"), recursive: true);

    /// <summary>Keeps a copy of all that the server has kept so far. It must not run.</summary>
    public Task SaveDataAsync() => RunAsync("cp", "-a", Path.Combine(_folder, "data"), Path.Combine(_folder, "saved"));

    /// <summary>Puts the copy back, as where a disk has lost what was written last. The server must not run.</summary>
    public async Task RestoreDataAsync()
    {
        DeleteData();
        await RunAsync("cp", "-a", Path.Combine(_folder, "saved"), Path.Combine(_folder, "data"));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync(keep: false);
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private async Task StopAsync(bool keep)
    {
        if (_shell is not { } shell) return;
        _shell = null;
        var kept = Path.Combine(_folder, "keep");
        if (keep) await File.WriteAllTextAsync(kept, "");
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        shell.Dispose();
        if (keep) File.Delete(kept);
    }

    // What it said where it did not come up; null where it did.
    private async Task<string?> TryStartAsync()
    {
        // In a session of its own: whoever kills the tests' process group leaves the shell to tidy up.
        string[] command = ["setsid", "sh", "-c", Script, "siar-redis", _folder, FindProgram(), "--port", $"{Port}", "--bind", "127.0.0.1", "--dir", "data", "--appendonly", "yes", "--save", "", .. _settings];
        if (Environment.IsPrivilegedProcess) command = ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", .. command];
        var start = new ProcessStartInfo(command[0]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in command[1..]) start.ArgumentList.Add(argument);
        var shell = _shell = Process.Start(start)!;
        var ready = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        shell.ErrorDataReceived += (_, _) => { };
        shell.OutputDataReceived += (_, line) =>
        {
            lock (said)
            {
                if (line.Data is { } text && said.Count < 200) said.Add(text);
                if (line.Data is null || line.Data.Contains("# Failed", StringComparison.Ordinal)) ready.TrySetResult(string.Join('\n', said));
                else if (line.Data.Contains(Ready, StringComparison.Ordinal)) ready.TrySetResult(null);
            }
        };
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
        return await ready.Task;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' ended with {process.ExitCode}.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string FindProgram() => new[] { "/usr/bin/redis-server", "/usr/local/bin/redis-server" }.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("redis-server is missing: install Debian's package 'redis-server' (./test does).");
}
