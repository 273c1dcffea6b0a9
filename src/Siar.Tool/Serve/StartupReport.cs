namespace Siar.Tool;

/// <summary>Says what was started. The page's address goes to standard output, all else to standard error.</summary>
internal static class StartupReport
{
    /// <summary>Says it, once the server listens.</summary>
    /// <param name="settings">How the hub runs.</param>
    /// <param name="urls">The addresses that it really has.</param>
    public static void Write(ServeSettings settings, ICollection<string> urls)
    {
        if (!settings.Quiet)
        {
            Console.Error.WriteLine($"siar {Product.Version}");
            foreach (var url in urls) Console.Error.WriteLine($"  address  {url}");
            Console.Error.WriteLine($"  mode     {AccessMode.Describe(settings)}");
            if (AccessMode.IsDevelopment(settings))
                Console.Error.WriteLine("           a proxy on this machine that shows itself is refused; one that does not lets in everybody whom it serves");
            Console.Error.WriteLine($"  store    {settings.Store.Describe(settings.Sqlite.Durability)}");
            Console.Error.WriteLine($"  streams  {StreamTransports.Describe(settings)}");
            Console.Error.WriteLine(settings.Demo ? $"  page     the hub, live (and on {DemoPage.Path} this machine's figures):" : "  page     the hub, live:");
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
}
