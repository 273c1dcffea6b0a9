using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Siar.TestKit;

/// <summary>
/// Debian's PostgreSQL on a free loopback port, with its data in a throw-away folder. It runs unprivileged: as <c>nobody</c> where the tests run as
/// root, as oneself otherwise. It ends, and its folder goes, when it is disposed of, and also when the test process dies: a shell waits for the end
/// of its own input.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Nobody = "65534";
    private const int Attempts = 5;
    private const string Ready = "database system is ready to accept";

    /// <summary>Makes the data where there is none, runs the server, and ends both with its input.</summary>
    private const string Script = """
        folder=$1 bin=$2 port=$3 primary=$4
        shift 4
        umask 077
        cd "$folder" || exit 1
        if [ ! -e data/PG_VERSION ] && [ "$primary" -ne 0 ]; then
          "$bin/pg_basebackup" -h 127.0.0.1 -p "$primary" -U siar -D data -R -X stream -c fast -d application_name=standby >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
        elif [ ! -e data/PG_VERSION ]; then
          "$bin/initdb" -D data -U siar -A trust -E UTF8 --locale=C --no-instructions -N >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
        fi
        "$bin/postgres" -D data -h 127.0.0.1 -p "$port" -k '' "$@" &
        server=$!
        cat >/dev/null
        kill -INT "$server" 2>/dev/null
        wait "$server"
        [ -e keep ] || { cd / && rm -rf "$folder"; }
        """;

    private static readonly Lock Gate = new();
    private static Task<PostgresServer>? _shared;
    private readonly string _folder;
    private readonly string[] _settings;
    private readonly int _primary;
    private Process? _shell;

    private PostgresServer(string folder, int primary, string[] settings)
    {
        _folder = folder;
        _primary = primary;
        _settings = settings;
    }

    /// <summary>The server that all tests of an assembly share. It is started when the first asks for it, and ends with the process.</summary>
    public static Task<PostgresServer> Shared
    {
        get
        {
            lock (Gate) return _shared ??= StartAsync("-c", "fsync=off");
        }
    }

    /// <summary>Where it listens, on the loopback address.</summary>
    public int Port { get; private set; }

    /// <summary>Where the server's programs are.</summary>
    public static string Programs { get; } = FindPrograms();

    /// <summary>Starts a server of one's own.</summary>
    /// <param name="settings">Arguments of <c>postgres</c>, such as <c>-c</c> and <c>wal_level=logical</c>.</param>
    public static Task<PostgresServer> StartAsync(params string[] settings) => StartAsync(0, settings);

    /// <summary>Starts a standby of this server, under the name <c>standby</c>; asynchronous, unless the server is told otherwise.</summary>
    public Task<PostgresServer> StartStandbyAsync() => StartAsync(Port, _settings);

    private static async Task<PostgresServer> StartAsync(int primary, string[] settings)
    {
        var server = new PostgresServer(Directory.CreateTempSubdirectory("siar-postgres-").FullName, primary, settings);
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

    /// <summary>The connection to a database, as its owner, whom the server trusts.</summary>
    public string ConnectionTo(string database, string user = "siar") => ConnectionTo(Port, database, user);

    /// <summary>The same through another port, such as a proxy's.</summary>
    public static string ConnectionTo(int port, string database, string user = "siar") =>
        $"Host=127.0.0.1;Port={port};Database={database};Username={user};Pooling=true;Timeout=30;Include Error Detail=true";

    /// <summary>Starts the server after <see cref="KillAsync"/>, on the port that it had.</summary>
    public async Task StartAgainAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            if (Port == 0) Port = FreePort();
            var said = await TryStartAsync();
            if (said is null) return;
            await StopAsync();
            if (attempt == Attempts) throw new InvalidOperationException($"PostgreSQL did not start: {said}");

            // Somebody else may have taken the port since it was seen to be free.
            if (said.Contains("could not bind", StringComparison.Ordinal)) Port = 0;
        }
    }

    /// <summary>Kills the server with all that it has in hand, as the loss of its machine would.</summary>
    public async Task KillAsync()
    {
        var pid = (await File.ReadAllLinesAsync(Path.Combine(_folder, "data", "postmaster.pid")))[0];
        await RunAsync("kill", "-KILL", pid);

        // The script would take the data with it.
        await File.WriteAllTextAsync(Path.Combine(_folder, "keep"), "");
        await StopAsync();
        File.Delete(Path.Combine(_folder, "keep"));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private async Task StopAsync()
    {
        if (_shell is not { } shell) return;
        _shell = null;
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        shell.Dispose();
    }

    // What it said where it did not come up; null where it did.
    private async Task<string?> TryStartAsync()
    {
        // In a session of its own: whoever kills the tests' process group leaves the shell to tidy up.
        string[] command = ["setsid", "sh", "-c", Script, "siar-postgres", _folder, Programs, $"{Port}", $"{_primary}", .. _settings];
        if (Environment.IsPrivilegedProcess) command = ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", .. command];
        var start = new ProcessStartInfo(command[0]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in command[1..]) start.ArgumentList.Add(argument);
        var shell = _shell = Process.Start(start)!;
        var ready = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        shell.OutputDataReceived += (_, _) => { };
        shell.ErrorDataReceived += (_, line) =>
        {
            lock (said)
            {
                // The server's end closes its output: the shell itself waits for ours.
                if (line.Data is { } text && said.Count < 200) said.Add(text);
                if (line.Data is null || line.Data.Contains("database system is shut down", StringComparison.Ordinal) || line.Data.Contains("FATAL:  could not", StringComparison.Ordinal))
                    ready.TrySetResult(string.Join('\n', said));
                else if (line.Data.Contains(Ready, StringComparison.Ordinal))
                    ready.TrySetResult(null);
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

    private static string FindPrograms()
    {
        var versions = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        var newest = versions.Where(v => int.TryParse(Path.GetFileName(v), out _)).MaxBy(v => int.Parse(Path.GetFileName(v)));
        return newest is null
            ? throw new InvalidOperationException("PostgreSQL's server is missing: install Debian's package 'postgresql' (./test does).")
            : Path.Combine(newest, "bin");
    }
}
