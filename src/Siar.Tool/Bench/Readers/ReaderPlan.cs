namespace Siar.Tool;

/// <summary>What the readers of one process are to do, as it is handed to that process.</summary>
/// <param name="Request">The whole run.</param>
/// <param name="Part">This process's place among all, from 0: it has every so-manieth reader.</param>
internal sealed record ReaderPlan(BenchRequest Request, int Part)
{
    /// <summary>The process's readers, of all.</summary>
    public IEnumerable<int> Readers()
    {
        for (var reader = Part; reader < Request.Subscribers; reader += Request.Processes) yield return reader;
    }
}
