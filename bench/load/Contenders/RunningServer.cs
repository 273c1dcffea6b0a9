using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Siar.Bench.Load.Contenders;

/// <summary>A contender that runs, and how the instrument speaks to it. Disposing of it ends its processes.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<Process> _processes = [];
    private readonly DirectoryInfo? _folder;

    public RunningServer(DirectoryInfo? folder = null) => _folder = folder;

    public required string SubscribeUrl { get; init; }

    public required string PublishUrl { get; init; }

    public string? PublishBody { get; init; }

    public string? PublishType { get; init; }

    /// <summary>The most connections that it takes at once without losing some.</summary>
    public int ConnectAtOnce { get; init; } = int.MaxValue;

    /// <summary>The processes whose CPU and memory count, with all that they start.</summary>
    public IEnumerable<int> Processes => _processes.Select(p => p.Id);

    public static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Starts a program on the server's core, and waits until it listens.</summary>
    public async Task StartAsync(int port, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables = null)
    {
        var start = Machine.OnCore(Machine.ServerCore, program, arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach (var (name, value) in variables ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var process = Process.Start(start)!;
        _processes.Add(process);
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, line) => { if (line.Data is { Length: > 0 } said) Console.Error.WriteLine($"    | {said}"); };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await WaitAsync(port);
    }

    /// <summary>Waits until one of the processes listens on a port.</summary>
    public async Task WaitAsync(int port)
    {
        var begin = Stopwatch.GetTimestamp();
        while (!await IsListeningAsync(port))
        {
            if (_processes.Find(p => p.HasExited) is { } ended) throw new IOException($"the server has ended with {ended.ExitCode} before it listened.");
            if (Stopwatch.GetElapsedTime(begin) > Patience) throw new IOException($"the server does not listen on port {port}.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _folder?.Delete(recursive: true);
    }

    private static async Task<bool> IsListeningAsync(int port)
    {
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
