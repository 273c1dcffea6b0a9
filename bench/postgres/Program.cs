using Siar.Bench.Postgres;
using Siar.TestKit;

// Runs the parts that are named, or all: tail, outbox, commits, append, resume. On a server of its own, with its data on the disk of the temporary folder.
string[] parts = args.Length > 0 ? args : ["tail", "outbox", "commits", "append", "resume"];
await using var server = await PostgresServer.StartAsync("-c", "shared_buffers=256MB", "-c", "max_connections=200");
foreach (var part in parts)
{
    await using var database = await BenchDatabase.MakeAsync(server);
    var figures = part switch
    {
        "tail" => await TailPart.RunAsync(database),
        "outbox" => await OutboxPart.RunAsync(database),
        "commits" => await CommitPart.RunAsync(database),
        "append" => await AppendPart.RunAsync(database),
        "resume" => await ResumePart.RunAsync(database),
        _ => throw new ArgumentException($"There is no part '{part}': tail, outbox, commits, append, resume."),
    };
    foreach (var figure in figures) Console.WriteLine($"{part,-8} {figure}");
}
