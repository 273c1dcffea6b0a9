namespace Siar.Tool;

/// <summary>What load to make, on what.</summary>
internal sealed record BenchRequest
{
    /// <summary>Readers from one address: a hub may bound them, and an address has 28,000 ports.</summary>
    private const int ReadersAnAddress = 900;

    /// <summary>Where readers connect; <c>{topic}</c> stands for the topic. Topics are dealt out to several servers.</summary>
    public required IReadOnlyList<string> SubscribeUrls { get; init; }

    /// <summary>Where events are posted, as many as places to subscribe.</summary>
    public required IReadOnlyList<string> PublishUrls { get; init; }

    /// <summary>What is posted, with <c>{data}</c> for the payload; the payload alone where null.</summary>
    public string? PublishBody { get; init; }

    public string? PublishType { get; init; }

    public string? Token { get; init; }

    /// <summary>Whether any certificate will do.</summary>
    public bool IsInsecure { get; init; }

    /// <summary>Whether readers ask for compressed streams; events are JSON then.</summary>
    public bool IsGzip { get; init; }

    public int Subscribers { get; init; } = 1_000;

    public int Topics { get; init; } = 1;

    /// <summary>Events a second over all topics, sent when they are due whatever became of those before; 0 sends as fast as answers come.</summary>
    public double Rate { get; init; } = 10;

    public int Publishers { get; init; } = 1;

    public int Bytes { get; init; } = 100;

    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Events published back to back after that; 0 for none.</summary>
    public int Burst { get; init; }

    /// <summary>Events published while every reader is away, before all come back at once; 0 for none.</summary>
    public int Missed { get; init; }

    /// <summary>Readers, of a hundred, that read nothing while events are published.</summary>
    public double SlowPercent { get; init; }

    /// <summary>Readers that come and go before the server's memory is first looked at.</summary>
    public int Prime { get; init; }

    /// <summary>Connections opened at once.</summary>
    public int ConnectingAtOnce { get; init; } = 100;

    /// <summary>Processes that the readers are spread over.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>The servers' processes, whose CPU and memory are read from the operating system; none where they are not local.</summary>
    public IReadOnlyList<int> ServerProcesses { get; init; } = [];

    /// <summary>Whether those are to be looked for.</summary>
    public bool IsServerSought { get; init; }

    public bool IsJson { get; init; }

    public bool IsQuiet { get; init; }

    public BenchClock Clock { get; init; } = BenchClock.Start();

    public PublishPlan Plan => new(Topics, Publishers);

    public Uri SubscribeTo(int topic) => At(SubscribeUrls, topic);

    public Uri PublishTo(int topic) => At(PublishUrls, topic);

    public int ReadersOf(int topic) => (Subscribers / Topics) + (topic < Subscribers % Topics ? 1 : 0);

    public bool IsSlow(int reader) => SlowPercent > 0 && reader * SlowPercent % 100 < SlowPercent;

    public int SlowReadersOf(int topic)
    {
        var slow = 0;
        for (var reader = topic; reader < Subscribers; reader += Topics) slow += IsSlow(reader) ? 1 : 0;
        return slow;
    }

    public static string NameOf(int topic) => $"bench-{topic}";

    /// <summary>The loopback address that a reader connects from.</summary>
    public static string SourceOf(int reader) => $"127.0.{1 + (reader / ReadersAnAddress % 250)}.1";

    /// <summary>The request, if it can be done.</summary>
    /// <exception cref="SettingException">It cannot.</exception>
    public BenchRequest Checked()
    {
        if (SubscribeUrls.Count != PublishUrls.Count) throw new SettingException("--subscribe-url and --publish-url: give as many of one as of the other.");
        if (Topics < SubscribeUrls.Count) throw new SettingException($"--topics: {Topics} cannot be dealt out to {SubscribeUrls.Count} servers.");
        if (Rate < 0) throw new SettingException($"--rate: {Rate} is not a number of events a second.");
        foreach (var text in SubscribeUrls.Concat(PublishUrls))
        {
            if (!Uri.TryCreate(text.Replace("{topic}", "t"), UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
                throw new SettingException($"'{text}' is not an address of an event stream: write one such as http://127.0.0.1:7427/events/{{topic}}.");
        }

        return this;
    }

    private static Uri At(IReadOnlyList<string> urls, int topic) => new(urls[topic % urls.Count].Replace("{topic}", NameOf(topic)));
}
