using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

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
        // What came of reading the settings again.
        typeof(ServeReload).FullName!,
    ];

    public static void Add(ILoggingBuilder logging, SettingsInForce settings)
    {
        logging.Services.AddSingleton<IConfigureOptions<LoggerFilterOptions>>(new ConfigureOptions<LoggerFilterOptions>(filter => SetLevels(filter, settings.Current)));
        logging.Services.AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(settings.OfLogLevels);
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    /// <summary>The levels: those that are usual, then those that somebody has set. Of the rules that fit, the one that names the category at most length holds, and of these the last.</summary>
    private static void SetLevels(LoggerFilterOptions filter, ServeSettings settings)
    {
        filter.MinLevel = settings.Quiet ? LogLevel.Error : LogLevel.Warning;
        if (!settings.Quiet)
        {
            foreach (var category in Told) Add(filter, category, LogLevel.Information);
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
