using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Siar.TestKit;

/// <summary>
/// One of Debian's servers on a free loopback port, with its data in a throw-away folder. It runs unprivileged: as <c>nobody</c> where the tests run as
/// root, as oneself otherwise. It ends, and its folder goes, when it is disposed of, and also when the test process dies: a shell waits for the end
/// of its own input.
/// </summary>
public abstract class ThrowawayServer : IAsyncDisposable
{
    private const string Nobody = "65534";
    private const string Kill = "KILL";
    private const int Attempts = 5;

    /// <summary>Before the lines that start the server, and behind them.</summary>
    private const string Begin = """
        folder=$1 signal=$2
        shift 2
        umask 077
        cd "$folder" || exit 1
        """;

    private const string End = """
        server=$!
        echo "$server" >pid
        cat >/dev/null
        kill -"$signal" "$server" 2>/dev/null
        wait "$server"
        [ -e keep ] || { cd / && rm -rf "$folder"; }
        """;

    private readonly string _name;
    private Process? _shell;

    private protected ThrowawayServer(string name, int port = 0)
    {
        _name = name;
        Port = port;
        Folder = Directory.CreateTempSubdirectory($"siar-{name}-").FullName;
    }

    /// <summary>Where it listens, on the loopback address.</summary>
    public int Port { get; private set; }

    /// <summary>What it keeps.</summary>
    private protected string Folder { get; }

    /// <summary>Lines of shell that start the server in the background, in its folder.</summary>
    private protected abstract string Script { get; }

    /// <summary>The script's arguments, as the port has been chosen.</summary>
    private protected abstract string[] Arguments { get; }

    /// <summary>What the server is ended with.</summary>
    private protected virtual string Signal => Kill;

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
            if (attempt == Attempts) throw new InvalidOperationException($"{_name} did not start: {said}");

            // Somebody else may have taken the port since it was seen to be free.
            if (MayMove(said, isChosen)) Port = 0;
        }
    }

    /// <summary>Kills the server with all that it has in hand, as the loss of its machine would.</summary>
    public async Task KillAsync()
    {
        if (Signal != Kill) await RunAsync("kill", $"-{Kill}", await ReadPidAsync());
        await StopAsync(keep: true);
    }

    /// <summary>Stops the server where it is, or has it go on.</summary>
    public async Task PauseAsync(bool isPaused) => await RunAsync("kill", isPaused ? "-STOP" : "-CONT", await ReadPidAsync());

    /// <summary>Deletes all that the server has kept. It must not run.</summary>
    public void DeleteData() => Directory.Delete(In("data"), recursive: true);

    /// <summary>Keeps a copy of all that the server has kept so far. It must not run.</summary>
    public Task SaveDataAsync() => RunAsync("cp", "-a", In("data"), In("saved"));

    /// <summary>Puts the copy back, as where a disk has lost what was written last. The server must not run.</summary>
    public async Task RestoreDataAsync()
    {
        DeleteData();
        await RunAsync("cp", "-a", In("saved"), In("data"));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAsync(keep: false);
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Starts a server that was just made; where that fails, nothing is left of it.</summary>
    private protected static async Task<TServer> StartAsync<TServer>(TServer server)
        where TServer : ThrowawayServer
    {
        try
        {
            if (Environment.IsPrivilegedProcess) await RunAsync("chown", $"{Nobody}:{Nobody}", server.Folder);
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A port that nobody has at this moment.</summary>
    private protected static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The first of some places where a program is.</summary>
    private protected static string FindProgram(string package, params string[] places) => places.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"{package} is missing: install Debian's package '{package}' (./test does).");

    /// <summary>A file in the folder.</summary>
    private protected string In(string name) => Path.Combine(Folder, name);

    /// <summary>What a line of its output means: true that it serves, false that it never will; null for nothing.</summary>
    private protected abstract bool? Judge(string line);

    /// <summary>Whether it may be given another port after a start that failed.</summary>
    private protected virtual bool MayMove(string said, bool isChosen) => isChosen;

    /// <summary>Writes what the server reads when it starts, as the port has been chosen.</summary>
    private protected virtual Task ConfigureAsync() => Task.CompletedTask;

    private async Task<string> ReadPidAsync() => (await File.ReadAllTextAsync(In("pid"))).Trim();

    private async Task StopAsync(bool keep)
    {
        if (_shell is not { } shell) return;
        _shell = null;
        if (keep) await File.WriteAllTextAsync(In("keep"), "");
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        shell.Dispose();
        if (keep) File.Delete(In("keep"));
    }

    // What it said where it did not come up; null where it did.
    private async Task<string?> TryStartAsync()
    {
        await ConfigureAsync();

        // In a session of its own: whoever kills the tests' process group leaves the shell to tidy up.
        string[] command = ["setsid", "sh", "-c", $"{Begin}\n{Script}\n{End}", $"siar-{_name}", Folder, Signal, .. Arguments];
        if (Environment.IsPrivilegedProcess) command = ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", .. command];
        var start = new ProcessStartInfo(command[0]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in command[1..]) start.ArgumentList.Add(argument);
        var shell = _shell = Process.Start(start)!;
        var ready = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        void Hear(object sender, DataReceivedEventArgs line)
        {
            lock (said)
            {
                // The server's end closes its output: the shell itself waits for ours.
                if (line.Data is { } text && said.Count < 200) said.Add(text);
                var judged = line.Data is null ? false : Judge(line.Data);
                if (judged is { } isReady) ready.TrySetResult(isReady ? null : string.Join('\n', said));
            }
        }

        shell.OutputDataReceived += Hear;
        shell.ErrorDataReceived += Hear;
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
        return await ready.Task;
    }

    /// <summary>Runs a program to its end.</summary>
    private protected static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' ended with {process.ExitCode}.");
    }
}
