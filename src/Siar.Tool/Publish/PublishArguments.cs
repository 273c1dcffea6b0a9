using Siar.Client;

namespace Siar.Tool;

/// <summary>What <c>siar publish</c> is asked to do.</summary>
internal sealed record PublishArguments
{
    public required string Topic { get; init; }

    /// <summary>The data; null where each line of standard input is an event.</summary>
    public string? Data { get; init; }

    public required HubAddress Hub { get; init; }

    public IReadOnlyList<RequestHeader> Headers { get; init; } = [];

    /// <summary>How long to go on trying to publish an event; null for no end.</summary>
    public TimeSpan? Timeout { get; init; }

    public string? Type { get; init; }

    public string? Id { get; init; }

    public string? Key { get; init; }

    public bool IsPrivate { get; init; }

    public bool IsQuiet { get; init; }

    /// <summary>An event with this data, which is UTF-8.</summary>
    public OutgoingEvent EventOf(ReadOnlyMemory<byte> data) => new(Topic, data) { Type = Type, Id = Id, Key = Key, IsPrivate = IsPrivate };
}
