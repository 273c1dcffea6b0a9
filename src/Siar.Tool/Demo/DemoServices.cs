namespace Siar.Tool;

/// <summary>What the demonstration needs: the figures that this system tells, and what publishes them.</summary>
internal static class DemoServices
{
    public static void AddDemo(this IServiceCollection services)
    {
        if (OperatingSystem.IsLinux())
        {
            services.AddSingleton<IFigureReader, CpuReader>(_ => new CpuReader());
            services.AddSingleton<IFigureReader, MemoryReader>();
            services.AddSingleton<IFigureReader, NetworkReader>(_ => new NetworkReader());
            services.AddSingleton<IFigureReader, DiskReader>(_ => new DiskReader());
            services.AddSingleton<IFigureReader, LoadReader>();
        }
        else
        {
            services.AddSingleton<IFigureReader, RuntimeMemoryReader>();
            services.AddSingleton<IFigureReader, InterfaceReader>();
        }

        services.AddSingleton<IFigureReader, ProcessReader>();
        services.AddSingleton<IFigureReader, HubReader>();
        services.AddHostedService<DemoPublisher>();
    }
}
