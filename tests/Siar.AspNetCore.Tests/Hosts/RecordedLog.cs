using System.Collections.Concurrent;

namespace Siar.AspNetCore.Tests;

/// <summary>Keeps what is logged from a level on, as an error where nothing else is said: an unhandled exception ends there.</summary>
internal sealed class RecordedLog(LogLevel level) : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ConcurrentQueue<string> _sentences = new();

    public IReadOnlyCollection<string> Errors => _errors;

    /// <summary>What was logged below an error.</summary>
    public IReadOnlyCollection<string> Sentences => _sentences;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= level;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error) _errors.Enqueue($"{formatter(state, exception)} {exception}");
        else if (IsEnabled(logLevel)) _sentences.Enqueue(formatter(state, exception));
    }

    public void Dispose()
    {
    }
}
