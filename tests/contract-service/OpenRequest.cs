namespace Siar.ContractService;

/// <summary>What the harness asks a new client to do; the names are the contract's.</summary>
internal sealed record OpenRequest
{
    public required Uri StreamUrl { get; init; }

    public Uri? CallbackUrl { get; init; }

    public string? Tag { get; init; }

    public int? InitialDelayMs { get; init; }

    public int? ReadTimeoutMs { get; init; }

    public string? LastEventId { get; init; }

    public Dictionary<string, string>? Headers { get; init; }

    public string? Method { get; init; }

    public string? Body { get; init; }
}
