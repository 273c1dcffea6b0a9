namespace Siar.Tool;

/// <summary>What somebody asks of a token, as it was written.</summary>
internal sealed record TokenOrder
{
    public IReadOnlyList<SettingValue> Publish { get; init; } = [];

    public IReadOnlyList<SettingValue> PublishPatterns { get; init; } = [];

    public IReadOnlyList<SettingValue> Subscribe { get; init; } = [];

    public IReadOnlyList<SettingValue> SubscribePatterns { get; init; } = [];

    public SettingValue? Expires { get; init; }

    public SettingValue? Dialect { get; init; }

    public SettingValue? Key { get; init; }

    public SettingValue? KeyFile { get; init; }

    public string? Algorithm { get; init; }

    public string? KeyId { get; init; }

    public string? Issuer { get; init; }

    public string? Resource { get; init; }

    public string? Subject { get; init; }

    public SettingValue? Payload { get; init; }

    public bool MayPublish => Publish.Count + PublishPatterns.Count > 0;

    public bool MaySubscribe => Subscribe.Count + SubscribePatterns.Count > 0;
}
