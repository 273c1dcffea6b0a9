namespace Siar.Hub;

/// <summary>How an outlet reaches its lane. May be called from any thread, at any time, also late: a signal for an ended subscriber is ignored.</summary>
internal readonly struct OutletSignal(ILaneInbox lane, Subscriber subscriber)
{
    /// <summary>What was written has been taken; the outlet can take more.</summary>
    public void Writable() => lane.Post(LaneMessage.Writable(subscriber));

    /// <summary>The peer has closed or reset the connection.</summary>
    public void Closed() => lane.Post(LaneMessage.Close(subscriber, EndReason.PeerClosed));
}
