using System.Diagnostics;
using Spectre.Console;

namespace Siar.Tool;

/// <summary>
/// Shows how a run goes, on standard error: a line that renews itself on a terminal, a sentence for each part elsewhere, nothing where it is
/// to be quiet.
/// </summary>
internal sealed class BenchProgress(int readers, bool isQuiet)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly bool _isLive = !isQuiet && !Console.IsErrorRedirected;
    private readonly ConsoleMessages _messages = new("siar bench", isQuiet);
    private string _part = "";
    private TimeSpan _time;
    private long _begin = Stopwatch.GetTimestamp();
    private long _shown;
    private StatusContext? _line;

    /// <summary>Runs something with the line shown.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> run)
    {
        if (!_isLive) return await run();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Status().StartAsync("starting", async line =>
        {
            _line = line;
            return await run();
        });
    }

    /// <summary>Begins a part of the run.</summary>
    /// <param name="part">What it is.</param>
    /// <param name="time">How long it takes; zero where that is not known.</param>
    public void Begin(string part, TimeSpan time = default)
    {
        _part = part;
        _time = time;
        _begin = Stopwatch.GetTimestamp();
        if (_isLive) Draw("");
        else _messages.Say(time > TimeSpan.Zero ? $"{part} for {time.TotalSeconds} s" : part);
    }

    /// <summary>Shows how far it is; more often than it can be read costs nothing.</summary>
    public void Show(ReaderState state, long expected)
    {
        if (!_isLive || Stopwatch.GetElapsedTime(_shown) < Interval) return;
        _shown = Stopwatch.GetTimestamp();
        var seconds = Math.Max(0.001, Stopwatch.GetElapsedTime(_begin).TotalSeconds);
        Draw($"{state.Opened:N0} of {readers:N0} readers"
            + (expected > 0 ? $", {state.Deliveries:N0} of {expected:N0} delivered ({state.Deliveries / seconds:N0}/s), {state.Missed + state.Repeated + state.Ended:N0} wrong" : ""));
    }

    private void Draw(string figures)
    {
        var time = _time > TimeSpan.Zero ? $" {Stopwatch.GetElapsedTime(_begin).TotalSeconds:F0} of {_time.TotalSeconds:F0} s" : "";
        _line?.Status(Markup.Escape($"{_part}{time}  {figures}"));
    }
}
