namespace Siar.ContractService;

/// <summary>What a client tells the harness; the names are the contract's.</summary>
internal sealed record Report
{
    public required string Kind { get; init; }

    public ReportedEvent? Event { get; init; }

    public string? Comment { get; init; }

    public string? Error { get; init; }

    public static Report OfEvent(string type, string data, string id) => new() { Kind = "event", Event = new ReportedEvent(type, data, id) };

    public static Report OfComment(string comment) => new() { Kind = "comment", Comment = comment };

    public static Report OfError(string error) => new() { Kind = "error", Error = error };
}

/// <summary>An event as the harness wants it.</summary>
/// <param name="Type">The type; <c>message</c> for none.</param>
/// <param name="Data">The data.</param>
/// <param name="Id">The last event id as of the event.</param>
internal sealed record ReportedEvent(string Type, string Data, string Id);
