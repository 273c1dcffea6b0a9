using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace Siar.Storage.Nats;

/// <summary>The streams of a log: that of its messages, and that of copies of its index; made where there are none, and looked at before they are relied on.</summary>
internal sealed class NatsStreams(NatsConnector connector, NatsJSContext jetStream, NatsLogOptions options)
{
    private const int StreamNotFound = 10059;
    private const int NameInUse = 10058;
    private const int ClusterReplicas = 3;
    private static readonly TimeSpan DuplicateWindow = TimeSpan.FromMinutes(2);

    /// <summary>The stream of messages.</summary>
    public string Name { get; } = $"SIAR_{options.Log}";

    /// <summary>What messages are published on.</summary>
    public string Subject { get; } = $"siar.log.{options.Log}";

    /// <summary>The stream of copies.</summary>
    public string CopyName { get; } = $"SIAR_{options.Log}_INDEX";

    /// <summary>What a piece of a copy is published on.</summary>
    public string CopySubject(string piece) => $"siar.index.{options.Log}.{piece}";

    /// <summary>What hubs publish their signs of life on; no stream keeps them.</summary>
    public string SignSubject { get; } = $"siar.hubs.{options.Log}";

    /// <summary>Whether an error says that there is no such stream.</summary>
    public static bool IsMissing(NatsJSApiException failure) => failure.Error.ErrCode == StreamNotFound;

    /// <summary>Makes the streams where there are none.</summary>
    /// <exception cref="Siar.Hub.LogUnavailableException">They are not fit for a log, or may not be made; the message says what to do.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(Settings(Name, Subject) with { Discard = StreamConfigDiscard.New, DenyDelete = true, MaxBytes = options.MaxBytes ?? -1 }, cancellationToken);
        await PrepareAsync(Settings(CopyName, CopySubject("*")) with { Discard = StreamConfigDiscard.Old, MaxMsgsPerSubject = 1 }, cancellationToken);
    }

    private async Task PrepareAsync(StreamConfig wanted, CancellationToken cancellationToken)
    {
        var found = await FindAsync(wanted.Name!, cancellationToken);
        if (found is null && !options.Prepare) throw connector.Unfit($"There is no stream '{wanted.Name}', and this hub may not make it: have it made, or let the hub (Prepare).");
        found ??= await MakeAsync(wanted, cancellationToken);
        if (found is null) found = await FindAsync(wanted.Name!, cancellationToken) ?? throw connector.Unfit($"The stream '{wanted.Name}' went while it was looked at.");

        // An older server leaves out in silence what it does not know, and somebody else may have made the stream otherwise.
        if (WhatIsWrong(wanted, found) is { } wrong) throw connector.Unfit($"The stream '{wanted.Name}' {wrong}.");
    }

    private static string? WhatIsWrong(StreamConfig wanted, StreamConfig found)
    {
        if (found.Subjects is not { Count: 1 } subjects || subjects.Single() != wanted.Subjects!.Single()) return $"is not a log's: it must have the subject '{wanted.Subjects!.Single()}' and no other";
        if (found.Retention != StreamConfigRetention.Limits) return "drops messages that were read: its retention must be 'limits'";
        if (found.Storage != StreamConfigStorage.File) return "is kept in memory only: its storage must be 'file'";
        if (found.MaxAge > TimeSpan.Zero) return "drops messages by age behind the log's back: it must have no 'max age', the log's retention says what is kept";
        if (found.MaxMsgs > 0) return "drops messages by their number behind the log's back: it must have no 'max messages', the log's retention says what is kept";
        if (wanted.Discard == StreamConfigDiscard.New && found.Discard != wanted.Discard) return "drops old messages for new ones when it is full: its discard policy must be 'new'";
        if (wanted.Discard == StreamConfigDiscard.New && found.MaxMsgsPerSubject > 0) return "drops messages by their number: it must have no 'max messages per subject'";
        if (wanted.MaxMsgsPerSubject > 0 && found.MaxMsgsPerSubject != wanted.MaxMsgsPerSubject) return "must keep one message per subject";
        return found.NoAck ? "does not acknowledge messages ('no ack')" : null;
    }

    private async Task<StreamConfig?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await jetStream.GetStreamAsync(name, cancellationToken: cancellationToken)).Info.Config;
        }
        catch (NatsJSApiException failure) when (IsMissing(failure))
        {
            return null;
        }
    }

    // Null where another hub has made it meanwhile.
    private async Task<StreamConfig?> MakeAsync(StreamConfig wanted, CancellationToken cancellationToken)
    {
        try
        {
            return (await jetStream.CreateStreamAsync(wanted, cancellationToken)).Info.Config;
        }
        catch (NatsJSApiException failure) when (failure.Error.ErrCode == NameInUse)
        {
            return null;
        }
        catch (NatsJSApiException failure)
        {
            throw connector.Unfit($"The stream '{wanted.Name}' cannot be made: {failure.Error.Description}.", failure);
        }
    }

    private StreamConfig Settings(string name, string subject)
    {
        var isCluster = jetStream.Connection.ServerInfo?.Cluster is { Length: > 0 };
        return new StreamConfig(name, [subject])
        {
            Description = "A log of Siar: written by hubs alone.",
            Retention = StreamConfigRetention.Limits,
            Storage = StreamConfigStorage.File,
            NumReplicas = options.Replicas > 0 ? options.Replicas : isCluster ? ClusterReplicas : 1,
            DuplicateWindow = DuplicateWindow,
        };
    }
}
