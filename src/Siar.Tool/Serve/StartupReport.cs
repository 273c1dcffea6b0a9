namespace Siar.Tool;

/// <summary>Says what was started. The page's address goes to standard output, all else to standard error: as lines for people, or into a log of another form.</summary>
internal sealed partial class StartupReport(ServeSettings settings, ILogger<StartupReport> logger)
{
    /// <summary>Says it, once the server listens.</summary>
    /// <param name="urls">The addresses that it really has.</param>
    /// <param name="admin">The address of the metrics; null where they have none of their own.</param>
    public void Write(ICollection<string> urls, string? admin)
    {
        if (settings.LogFormat is not LogFormat.Text)
        {
            LogStarted(Product.Version, string.Join(' ', urls), admin ?? "no address of its own", AccessMode.Describe(settings), settings.Store.Describe(settings.Sqlite.Durability), StreamTransports.Describe(settings));
        }
        else if (!settings.Quiet)
        {
            WriteLines(urls, admin);
        }

        try
        {
            Console.Out.WriteLine(urls.First().TrimEnd('/') + "/");
        }
        catch (StandardOutputException)
        {
            // A hub serves although nobody is told where.
        }
    }

    /// <summary>Says what may be a mistake in how it was started.</summary>
    public void Hint(string sentence)
    {
        if (settings.LogFormat is not LogFormat.Text) LogHint(sentence);
        else new ConsoleMessages("siar serve", settings.Quiet).Say(sentence);
    }

    private void WriteLines(ICollection<string> urls, string? admin)
    {
        Console.Error.WriteLine($"siar {Product.Version}");
        foreach (var url in urls) Console.Error.WriteLine($"  address  {url}");
        if (admin is not null) Console.Error.WriteLine($"  metrics  {admin}/metrics, for whoever reaches that address");
        Console.Error.WriteLine($"  mode     {AccessMode.Describe(settings)}");
        if (AccessMode.IsDevelopment(settings))
            Console.Error.WriteLine("           a proxy on this machine that shows itself is refused; one that does not lets in everybody whom it serves");
        Console.Error.WriteLine($"  store    {settings.Store.Describe(settings.Sqlite.Durability)}");
        Console.Error.WriteLine($"  streams  {StreamTransports.Describe(settings)}");
        Console.Error.WriteLine(settings.Demo ? $"  page     the hub, live (and on {DemoPage.Path} this machine's figures):" : "  page     the hub, live:");
    }

    [LoggerMessage(1, LogLevel.Information, "siar {Version} listens on {Addresses}. Metrics: {Admin}. Mode: {Mode}. Store: {Store}. Streams: {Streams}.")]
    private partial void LogStarted(string version, string addresses, string admin, string mode, string store, string streams);

    [LoggerMessage(2, LogLevel.Warning, "{Sentence}")]
    private partial void LogHint(string sentence);
}
