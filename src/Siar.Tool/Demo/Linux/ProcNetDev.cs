namespace Siar.Tool;

/// <summary>Bytes that a network interface has carried: <c>/proc/net/dev</c>, see proc_pid_net(5).</summary>
internal readonly record struct ProcNetDev(string Name, long Received, long Sent)
{
    private const int ReceivedField = 0;
    private const int SentField = 8;

    public static List<ProcNetDev> Parse(string text)
    {
        var found = new List<ProcNetDev>();
        foreach (var line in text.Split('\n'))
        {
            // The two lines of the heading have no colon. An alias such as eth0:1 has two: the last one ends the name.
            var colon = line.LastIndexOf(':');
            if (colon < 0) continue;
            var fields = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            found.Add(new ProcNetDev(line[..colon].Trim(), long.Parse(fields[ReceivedField]), long.Parse(fields[SentField])));
        }

        return found;
    }
}
