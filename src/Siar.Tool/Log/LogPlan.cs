using System.Text.Json.Nodes;
using Siar.Hub;
using Siar.Storage.Postgres;

namespace Siar.Tool;

/// <summary><c>siar log plan</c>: by which limits a log that hubs share is trimmed, and where these settings differ.</summary>
internal sealed class LogPlan
{
    private static readonly Setting[] Planned =
        [.. RetentionSettings.All, .. new[] { "limits.idempotencyKeys", "limits.closedTopics", "limits.trimmedTopics" }.Select(name => SettingCatalogue.Find(name)!)];

    private readonly ServeSettings _settings;
    private readonly ConsoleMessages _messages = new("siar log plan", isQuiet: false);

    private LogPlan(ServeSettings settings) => _settings = settings;

    /// <summary>Prints the plan, and with <paramref name="adopt"/> puts that of the settings in its place, for all hubs of the log.</summary>
    public static async Task<int> RunAsync(SettingValue? config, IReadOnlyList<(Setting Setting, SettingValue Value)> flags, bool adopt, CancellationToken stop)
    {
        try
        {
            return await new LogPlan(SettingsLoader.Load(config, Environment.GetEnvironmentVariables(), flags)).RunAsync(adopt, stop);
        }
        catch (SettingException failure)
        {
            return new ConsoleMessages("siar log plan", isQuiet: false).Fail(failure.Message, ExitCode.Usage);
        }
    }

    private async Task<int> RunAsync(bool adopt, CancellationToken stop)
    {
        var plan = RetentionPlan.Of(_settings.Siar.Hub);
        if (_settings.Store is { Connection: null, NatsServers: null, Redis: null })
        {
            await Console.Out.WriteLineAsync(SettingsPrinter.Print(_settings, Planned));
            return adopt ? _messages.Fail("a log of one hub is trimmed by that hub's settings: there is nothing to adopt.", ExitCode.Usage) : ExitCode.Ok;
        }

        try
        {
            await using var log = await OpenAsync(plan, adopt, stop);
            var found = SettingsOf(log.Plan);
            await Console.Out.WriteLineAsync(SettingsPrinter.Print(found, Planned));
            if (adopt) _messages.Say("all hubs of the log trim by these settings from now on.");
            else Compare(found, log.Plan);
            return ExitCode.Ok;
        }
        catch (LogUnavailableException failure)
        {
            return _messages.Fail(failure.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return _messages.Fail("stopped.");
        }
    }

    private async Task<IEventLog> OpenAsync(RetentionPlan plan, bool adopt, CancellationToken stop)
    {
        if (_settings.Store.Connection is { } connection)
        {
            (_settings.Postgres.Prepare, _settings.Postgres.AdoptRetention) = (false, adopt);
            return await PostgresLog.OpenAsync(connection, _settings.Postgres, plan, TimeProvider.System, stop);
        }

        return await LogRun.OpenJournalAsync(_settings.Store, _settings, adopt, stop);
    }

    private void Compare(ServeSettings found, RetentionPlan plan)
    {
        if (plan.IndexOf(RetentionPlan.RevocationsPrefix) < 0) _messages.Say("the log has no class for revocations, and takes none until it adopts the settings of a hub of this version.");
        var differing = Planned.Where(setting => !JsonNode.DeepEquals(setting.Show(_settings), setting.Show(found))).ToList();
        foreach (var setting in differing) _messages.Say($"{setting.Name} is {TextOf(setting, found)} in the log, and {TextOf(setting, _settings)} in these settings.");
        if (differing.Count > 0) _messages.Say("hubs obey the log. With --adopt these settings take the place of what stands there, for all its hubs.");
    }

    private static string TextOf(Setting setting, ServeSettings settings) => setting.Show(settings)?.ToJsonString() ?? "none";

    private static ServeSettings SettingsOf(RetentionPlan plan)
    {
        var settings = new ServeSettings([]);
        var hub = settings.Siar.Hub;
        hub.Retention = plan.Classes[^1].Limits;
        hub.RetentionClasses.Clear();
        // Every hub has it, whatever the settings.
        foreach (var kept in plan.Classes[..^1].Where(c => c.Prefix != RetentionPlan.RevocationsPrefix)) hub.RetentionClasses.Add(kept);
        (hub.Limits.IdempotencyKeys, hub.Limits.ClosedTopics, hub.Limits.TrimmedTopics) = (plan.IdempotencyKeys, plan.ClosedTopics, plan.TrimmedTopics);
        return settings;
    }
}
