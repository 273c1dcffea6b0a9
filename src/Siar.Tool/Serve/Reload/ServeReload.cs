using Microsoft.Extensions.Options;
using Siar.AspNetCore;

namespace Siar.Tool;

/// <summary>
/// Reads the settings again when it is asked to, and has the running hub take over what it can: all of it, or nothing where anything is wrong. What needs a restart
/// is named. Streams go on.
/// </summary>
internal sealed partial class ServeReload(SettingsInForce settings, ReloadRequests requests, HubReload hub, ServiceNotifier service, TimeProvider time, ILogger<ServeReload> logger)
    : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(ReloadAllAsync(), settings.Current.Watch ? WatchAsync(_stopping.Token) : Task.CompletedTask);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task ReloadAllAsync()
    {
        await foreach (var _ in requests.ReadAllAsync(_stopping.Token))
        {
            service.BeginReload();
            await ReloadAsync(_stopping.Token);
            service.EndReload();
        }
    }

    private async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var before = settings.Current;
        try
        {
            var wanted = settings.Read();
            if (AccessMode.IsDevelopment(wanted) != AccessMode.IsDevelopment(before)) throw new SettingException(ModeOf(wanted));
            if (wanted.CertificateFile is null != before.CertificateFile is null)
                throw new SettingException("certificate.file: whether there is a certificate is decided when the hub starts, so that this needs a restart.");
            var certificate = ServerCertificate.Load(wanted);
            await TakeAsync(before, wanted, certificate, cancellationToken);
        }
        catch (SettingException failure)
        {
            Refuse(before, failure.Message);
        }
        catch (OptionsValidationException failure)
        {
            Refuse(before, string.Join(' ', failure.Failures.Select(OptionNames.AsSettings)));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            settings.Current = before;
            LogFailed(failure);
        }
    }

    private async Task TakeAsync(ServeSettings before, ServeSettings wanted, ServerCertificate? certificate, CancellationToken cancellationToken)
    {
        var taken = before.With(wanted);
        var differing = before.ThatDifferIn(wanted).ToList();
        // The hub's options are made from what is current.
        settings.Current = taken;
        var keepsRetention = await hub.ApplyAsync(cancellationToken);
        settings.Certificate = certificate;
        settings.OfLogLevels.Raise();
        Tell(differing, keepsRetention);
    }

    private void Tell(IReadOnlyList<Setting> differing, bool keepsRetention)
    {
        var isTaken = differing.ToLookup(setting => setting.Reloads && (keepsRetention || !RetentionSettings.All.Contains(setting)));
        var names = string.Join(", ", isTaken[true].Select(s => s.Name));
        LogTaken(names.Length > 0 ? $"{names} changed" : "no setting changed");
        if (isTaken[false].Any()) LogRestart(string.Join(", ", isTaken[false].Select(s => s.Name)));
    }

    private void Refuse(ServeSettings before, string sentence)
    {
        settings.Current = before;
        LogWrong(sentence);
    }

    private static string ModeOf(ServeSettings wanted) => AccessMode.IsDevelopment(wanted)
        ? "without keys, and with dev, the hub is in development mode, which needs a restart."
        : "the hub runs in development mode, and keys end that only with a restart.";

    private Task WatchAsync(CancellationToken cancellationToken) =>
        new FileWatch(() => settings.SourceFile is { } source ? settings.Current.Files.Prepend(source) : settings.Current.Files, requests, time).RunAsync(cancellationToken);

    [LoggerMessage(1, LogLevel.Information, "The settings were read again: {Changed}. Keys and the certificate were read again as well.")]
    private partial void LogTaken(string changed);

    [LoggerMessage(2, LogLevel.Warning, "These settings were changed and need a restart: {Names}.")]
    private partial void LogRestart(string names);

    [LoggerMessage(3, LogLevel.Error, "The settings were read again and are wrong, so everything stays as it was: {Sentence}")]
    private partial void LogWrong(string sentence);

    [LoggerMessage(4, LogLevel.Error, "The settings could not be read again, so everything stays as it was.")]
    private partial void LogFailed(Exception failure);
}
