using System.Collections;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Siar.Sockets;
using Siar.Storage.Sqlite;

namespace Siar.Tool;

/// <summary>Runs a hub from its settings to its exit code.</summary>
internal static class ServeRun
{
    /// <summary>Runs until the hub has stopped.</summary>
    /// <param name="file">The file of settings that the command line names.</param>
    /// <param name="flags">The settings that the command line gives.</param>
    /// <param name="isPrintOnly">Whether the settings are only to be shown.</param>
    public static async Task<int> RunAsync(SettingValue? file, IReadOnlyList<(Setting Setting, SettingValue Value)> flags, bool isPrintOnly)
    {
        const string Name = "siar serve";
        var messages = new ConsoleMessages(Name, isQuiet: false);
        try
        {
            var variables = Environment.GetEnvironmentVariables();
            file ??= SettingsLoader.FileIn(variables);
            var settings = SettingsLoader.Load(file, variables, flags);
            if (isPrintOnly)
            {
                await Console.Out.WriteLineAsync(SettingsPrinter.Print(settings));
                return ExitCode.Ok;
            }

            if (DescriptorLimit.Raise()?.CheckStart() is { } tooFew) return messages.Fail(tooFew + ".");
            if (AccessMode.Refuse(settings) is { } sentence) return messages.Fail(sentence, ExitCode.Usage);
            string[] hints =
            [
                .. SettingsEnvironment.Unknown(variables).Select(name => $"{name} is not the variable of any setting; it changes nothing.{SettingsEnvironment.Hint(name)}"),
                .. MercureEnvironment.Unknown(variables),
                .. CertificateHints(settings),
            ];
            return await ServeAsync(new SettingsInForce(settings, file?.Text, () => Reread(file, variables, flags)), hints);
        }
        catch (SettingException failure)
        {
            return messages.Fail(failure.Message, ExitCode.Usage);
        }
        catch (OptionsValidationException failure)
        {
            return messages.Fail(string.Join(' ', failure.Failures.Select(OptionNames.AsSettings)), ExitCode.Usage);
        }
        catch (SqliteLogException failure)
        {
            return messages.Fail(failure.Message, LogRun.ExitCodeOf(failure));
        }
        catch (IOException failure) when (failure.InnerException is AddressInUseException)
        {
            return messages.Fail($"{failure.Message.TrimEnd('.')}: end what listens there, or give another address with --url, and for the metrics with --admin-url.");
        }
        catch (IOException failure)
        {
            // The server's word for an address that is not this machine's.
            return messages.Fail(failure.Message);
        }
        catch (InvalidOperationException failure) when (failure.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase))
        {
            return messages.Fail(
                "there is no certificate for the https address: give one with --cert, or make the development certificate with 'dotnet dev-certs https'.",
                ExitCode.Usage);
        }
    }

    private static IEnumerable<string> CertificateHints(ServeSettings settings)
    {
        if (settings.CertificateFile is { } file && !settings.Urls.Append(settings.AdminUrl).Any(u => u is { IsHttps: true }))
            yield return $"the certificate '{file}' is not used: no address is https, so all is served as plain http. Give one with --url, such as https://0.0.0.0:443.";
    }

    private static ServeSettings Reread(SettingValue? file, IDictionary variables, IReadOnlyList<(Setting Setting, SettingValue Value)> flags)
    {
        var settings = SettingsLoader.Load(file, variables, flags);
        return AccessMode.Refuse(settings) is { } sentence ? throw new SettingException(sentence) : settings;
    }

    private static async Task<int> ServeAsync(SettingsInForce inForce, IReadOnlyList<string> hints)
    {
        using var requests = new ReloadRequests();
        await using var app = ServeHost.Build(inForce, requests);
        // Disposed of before the hub, whose last figures it sends.
        using var telemetry = Telemetry.Start(inForce.Current);
        var report = new StartupReport(inForce.Current, app.Services.GetRequiredService<ILogger<StartupReport>>());
        foreach (var hint in hints) report.Hint(hint);
        await app.StartAsync();
        await using var admin = await AdminServer.StartAsync(inForce, app.Services);
        report.Write(app.Urls, admin?.Urls.First());
        app.Services.GetRequiredService<ServiceNotifier>().Serves();
        await app.WaitForShutdownAsync();
        return ExitCode.Ok;
    }
}
