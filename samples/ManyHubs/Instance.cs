using System.Diagnostics;

namespace ManyHubs;

/// <summary>A process of the application. One that has ended is started again.</summary>
internal sealed class Instance(string name, string database)
{
    /// <summary>The variable by which a process of this program knows that it is an instance, and which.</summary>
    public const string NameVariable = "SHOP_INSTANCE";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private volatile Process? _process;
    private volatile string? _url;

    public string Name => name;

    /// <summary>Where it serves; null while it does not.</summary>
    public string? Url => _url;

    /// <summary>The number of the process, for who would rather use kill.</summary>
    public int? ProcessId => _url is null ? null : _process?.Id;

    /// <summary>Ends the process as a crash would.</summary>
    public void Kill() => _process?.Kill();

    /// <summary>Keeps a process running, until it is told to stop.</summary>
    public async Task RunAsync(string environment, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var process = _process = Start(environment);
            await using var ending = stop.Register(process.StandardInput.Close);
            _url = await process.StandardOutput.ReadLineAsync(CancellationToken.None);
            while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line) Console.WriteLine($"{name}: {line}");
            _url = null;
            await process.WaitForExitAsync(CancellationToken.None);
            await Task.Delay(Pause, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Process Start(string environment)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };

        // As this process was started: by its own executable file, or by dotnet.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(Instance).Assembly.Location);
        foreach (var argument in new[] { "--urls", "http://127.0.0.1:0", "--environment", environment }) start.ArgumentList.Add(argument);
        start.Environment[NameVariable] = name;
        start.Environment["ConnectionStrings__Shop"] = database;
        return Process.Start(start)!;
    }
}
