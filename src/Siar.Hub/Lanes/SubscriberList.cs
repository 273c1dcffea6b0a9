namespace Siar.Hub;

/// <summary>
/// Subscribers in an order. One is in at most one list: adding it to another takes it out of the first, so that none holds an entry from before.
/// The links are the subscribers' own, so nothing is allocated. Its lane alone uses it.
/// </summary>
internal sealed class SubscriberList
{
    public Subscriber? First { get; private set; }

    public Subscriber? Last { get; private set; }

    /// <summary>Puts a subscriber behind all others, also one that is in the list already.</summary>
    public void Add(Subscriber subscriber)
    {
        subscriber.List?.Remove(subscriber);
        subscriber.List = this;
        subscriber.Previous = Last;
        if (Last is null) First = subscriber;
        else Last.Next = subscriber;
        Last = subscriber;
    }

    /// <summary>Takes a subscriber of this list out.</summary>
    public void Remove(Subscriber subscriber)
    {
        if (subscriber.Previous is { } previous) previous.Next = subscriber.Next;
        else First = subscriber.Next;
        if (subscriber.Next is { } next) next.Previous = subscriber.Previous;
        else Last = subscriber.Previous;
        subscriber.Next = null;
        subscriber.Previous = null;
        subscriber.List = null;
    }
}
