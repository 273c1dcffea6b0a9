using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Siar.AspNetCore;

namespace Siar.Tool;

/// <summary>The log of <c>siar serve</c>, on standard error: its levels are those of the settings in force.</summary>
internal static class ServeLogging
{
    // What somebody who runs a hub wants to know although it is below the usual level.
    private static readonly string[] Told =
    [
        // Who is answered 401 is not told why.
        "Siar.AspNetCore.TokenAuthority",
        // That the kernel has no io_uring for it is all that the transport tells at this level.
        "Siar.Sockets.SocketTransport",
        // What was started.
        typeof(StartupReport).FullName!,
        // What came of reading the settings again.
        typeof(ServeReload).FullName!,
        // Nothing but what the settings ask for.
        typeof(AccessLog).FullName!,
    ];

    private const string Time = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static void Add(ILoggingBuilder logging, SettingsInForce settings)
    {
        logging.Services.AddSingleton<IConfigureOptions<LoggerFilterOptions>>(new ConfigureOptions<LoggerFilterOptions>(filter => SetLevels(filter, settings.Current)));
        logging.Services.AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(settings.OfLogLevels);
        Write(logging, settings.Current.LogFormat);
        logging.Services.Configure<ConsoleLoggerOptions>(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            // Who does not read the log must not hold the hub up; how many lines were left out is said when there is room again.
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        });
        if (settings.Current.Otlp is { } endpoint) Telemetry.AddLogs(logging, endpoint);
    }

    private static void Write(ILoggingBuilder logging, LogFormat format)
    {
        switch (format)
        {
            case LogFormat.Json:
                logging.AddJsonConsole(json => (json.UseUtcTimestamp, json.TimestampFormat) = (true, Time));
                break;
            case LogFormat.Journald:
                logging.AddSystemdConsole();
                break;
            default:
                logging.AddSimpleConsole(text => (text.SingleLine, text.UseUtcTimestamp, text.TimestampFormat) = (true, true, Time + " "));
                break;
        }
    }

    /// <summary>The levels: those that are usual, then those that somebody has set. Of the rules that fit, the one that names the category at most length holds, and of these the last.</summary>
    private static void SetLevels(LoggerFilterOptions filter, ServeSettings settings)
    {
        filter.MinLevel = settings.Quiet ? LogLevel.Error : LogLevel.Warning;
        if (!settings.Quiet)
        {
            foreach (var category in Told) Add(filter, category, LogLevel.Information);
        }
        else if (settings.Siar.AccessLog)
        {
            Add(filter, typeof(AccessLog).FullName!, LogLevel.Information);
        }

        // Why a start has failed is told in a sentence by who started it; what ends a running hub is told as critical.
        Add(filter, "Microsoft.Extensions.Hosting", LogLevel.Critical);
        // Nobody sees what it tells at this level; while somebody could, the framework makes an activity and a scope for each request.
        if (settings.Otlp is null) Add(filter, "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        foreach (var (category, level) in settings.LogLevels)
        {
            if (category.Length == 0) filter.MinLevel = level;
            else Add(filter, category, level);
        }
    }

    private static void Add(LoggerFilterOptions filter, string category, LogLevel level) => filter.Rules.Add(new LoggerFilterRule(null, category, level, null));
}
