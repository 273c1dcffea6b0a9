using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Siar.TestKit;

namespace Siar.Bench.Postgres;

/// <summary>An application's transactions a second with siar.publish, against the same without it: pairs by turns, without a hub and with one.</summary>
internal static partial class CommitPart
{
    private const int Pairs = 5;
    private const int Seconds = 4;

    public static async Task<IReadOnlyList<string>> RunAsync(BenchDatabase database)
    {
        var folder = Directory.CreateTempSubdirectory("siar-bench-");
        try
        {
            var plain = Path.Combine(folder.FullName, "plain.sql");
            var publish = Path.Combine(folder.FullName, "publish.sql");
            const string Work = "BEGIN;\nINSERT INTO app (client, state) VALUES (:client_id, 'placed');\n";
            await File.WriteAllTextAsync(plain, Work + "COMMIT;\n");
            await File.WriteAllTextAsync(publish, Work + "SELECT siar.publish('orders/' || :client_id, '{\"state\": \"placed\"}');\nCOMMIT;\n");

            // The tables are made, and nobody moves.
            var hub = await database.OpenHubAsync(TimeSpan.FromMinutes(1));
            await database.ExecuteAsync("CREATE TABLE app (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, client int, state text)");
            var figures = new List<string>();
            foreach (var clients in new[] { 8, 32 }) figures.Add(await CompareAsync(database, clients, plain, publish, "nobody moves"));
            await database.ExecuteAsync("TRUNCATE siar.outbox");
            await database.OpenHubAsync();
            foreach (var clients in new[] { 8, 32 }) figures.Add(await CompareAsync(database, clients, plain, publish, "a hub moves"));
            return figures;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> CompareAsync(BenchDatabase database, int clients, string plain, string publish, string how)
    {
        var ratios = new List<double>();
        var with = new List<double>();
        for (var pair = 0; pair < Pairs; pair++)
        {
            var without = await RunAsync(database, clients, plain);
            with.Add(await RunAsync(database, clients, publish));
            ratios.Add(with[^1] / without);
        }

        ratios.Sort();
        with.Sort();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{clients} clients, {how}: {with[Pairs / 2]:F0} commits/s with siar.publish, ratio to without {ratios[Pairs / 2]:F2} (from {ratios[0]:F2} to {ratios[^1]:F2})");
    }

    private static async Task<double> RunAsync(BenchDatabase database, int clients, string script)
    {
        var start = new ProcessStartInfo(Path.Combine(PostgresServer.Programs, "pgbench")) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = ["-n", "-h", "127.0.0.1", "-p", $"{database.Port}", "-U", "siar", "-M", "prepared", "-j", "2", "-c", $"{clients}", "-T", $"{Seconds}", "-f", script, database.Name];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return Tps().Match(output) is { Success: true } found
            ? double.Parse(found.Groups["tps"].Value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"pgbench said: {output}{await errors}");
    }

    [GeneratedRegex(@"^tps = (?<tps>[0-9.]+) \(without", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Tps();
}
