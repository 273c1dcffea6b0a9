namespace Analytics;

/// <summary>Writes the made-up log as the shop's time passes: its first days at once, then live. After a restart it goes on where the file ends.</summary>
internal sealed class ShopLog(Settings settings, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Past = TimeSpan.FromHours((6 * 24) + 15);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var file = new FileStream(settings.LogFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        var written = CutAfterLastLine(file);
        using var lines = ShopTraffic.Lines(settings.Seed).Take(settings.Lines).GetEnumerator();
        DateTimeOffset? now = null;
        for (var i = 0; i < written && lines.MoveNext(); i++) now = lines.Current.Time;

        await using var writer = new StreamWriter(file);
        var more = lines.MoveNext();
        if (more && now is null) now = lines.Current.Time + Past;
        while (more && !stoppingToken.IsCancellationRequested)
        {
            for (; more && lines.Current.Time <= now; more = lines.MoveNext()) await writer.WriteAsync(lines.Current.Text + "\n");
            await writer.FlushAsync(stoppingToken);
            await Task.Delay(Step, clock, stoppingToken);
            now += Step * settings.Speed;
        }
    }

    /// <summary>Cuts off what a kill has left of a line, and counts the whole ones.</summary>
    private static int CutAfterLastLine(FileStream file)
    {
        var lines = 0;
        long end = 0;
        var buffer = new byte[64 << 10];
        long at = 0;
        for (int read; (read = file.Read(buffer)) > 0; at += read)
        {
            for (var i = 0; i < read; i++)
            {
                if (buffer[i] != '\n') continue;
                lines++;
                end = at + i + 1;
            }
        }

        file.SetLength(end);
        file.Position = end;
        return lines;
    }
}
