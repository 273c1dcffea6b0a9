using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Siar.Hub;

namespace Siar.AspNetCore.Tests.Hosting;

/// <summary>What the access log does where it cannot write. What it writes is tested with the program.</summary>
public sealed class AccessLogTests
{
    [Fact]
    public void A_logger_that_fails_in_whatever_way_does_no_harm()
    {
        using var metrics = new HubMetrics(TimeProvider.System, nameof(AccessLogTests));
        var logger = new FailingLogger();
        var log = new AccessLog(Options.Create(new SiarOptions { AccessLog = true }), metrics, TimeProvider.System, logger);
        var entry = log.Begin(new DefaultHttpContext(), _ => "").ShouldNotBeNull();
        Exception[] failures = [new IOException("no space left"), new InvalidOperationException("closed"), new OutOfMemoryException("too little")];
        foreach (var failure in failures)
        {
            logger.Failure = failure;
            log.Write(entry);
        }
    }

    private sealed class FailingLogger : ILogger<AccessLog>
    {
        public Exception Failure { get; set; } = new IOException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => NullLogger.Instance.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => throw Failure;
    }
}
