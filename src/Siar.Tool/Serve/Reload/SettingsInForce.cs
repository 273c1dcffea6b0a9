using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Siar.Tool;

/// <summary>The settings by which the hub runs at this moment, and the certificate that they name. May be read from any thread; one thread changes them.</summary>
/// <param name="settings">The settings that the hub begins with.</param>
/// <param name="sourceFile">The file that they come from; null where there is none.</param>
/// <param name="read">Reads them again.</param>
internal sealed class SettingsInForce(ServeSettings settings, string? sourceFile, Func<ServeSettings> read)
{
    private volatile ServeSettings _current = settings;
    private volatile ServerCertificate? _certificate = ServerCertificate.Load(settings);

    public ServeSettings Current
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>The certificate of https addresses; null where the settings name none.</summary>
    public ServerCertificate? Certificate
    {
        get => _certificate;
        set => _certificate = value;
    }

    /// <summary>The file that the settings come from; null where there is none.</summary>
    public string? SourceFile => sourceFile;

    /// <summary>Tells the log that its levels have changed.</summary>
    public ChangeSource<LoggerFilterOptions> OfLogLevels { get; } = new();

    /// <summary>Reads the settings again from where they came from.</summary>
    /// <exception cref="SettingException">A setting is wrong.</exception>
    public ServeSettings Read() => read();

    /// <summary>Tells those who use some options that they have changed.</summary>
    internal sealed class ChangeSource<TOptions> : IOptionsChangeTokenSource<TOptions>
    {
        private ConfigurationReloadToken _token = new();

        public string Name => Options.DefaultName;

        public IChangeToken GetChangeToken() => Volatile.Read(ref _token);

        public void Raise() => Interlocked.Exchange(ref _token, new ConfigurationReloadToken()).OnReload();
    }
}
