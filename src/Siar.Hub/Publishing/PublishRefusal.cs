namespace Siar.Hub;

/// <summary>Why a log does not take what is valid in itself.</summary>
public enum PublishRefusal
{
    /// <summary>The idempotency key was used for another publish.</summary>
    KeyReused,

    /// <summary>What the publisher wanted to be so of the topic is not so.</summary>
    ConditionFailed,

    /// <summary>One of the topics is closed.</summary>
    TopicClosed,
}

/// <summary>The hub did not publish, though the events are valid in themselves. Nothing was published.</summary>
public sealed class PublishRefusedException(PublishRefusal refusal) : Exception(SentenceOf(refusal))
{
    /// <summary>Why.</summary>
    public PublishRefusal Refusal { get; } = refusal;

    private static string SentenceOf(PublishRefusal refusal) => refusal switch
    {
        PublishRefusal.KeyReused => "This idempotency key was used for another publish: give each publish a key of its own.",
        PublishRefusal.ConditionFailed => "The topic's newest event is not the one that the condition names: read on, and publish again on what is there.",
        PublishRefusal.TopicClosed => "One of the topics is closed: nothing is published there any more.",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal)),
    };
}
