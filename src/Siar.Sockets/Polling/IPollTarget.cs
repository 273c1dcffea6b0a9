using Siar.Sockets.Native;

namespace Siar.Sockets;

/// <summary>Who is told what a socket has come to.</summary>
internal interface IPollTarget
{
    /// <summary>
    /// Called on the poller's thread, so it must not block. It may come late, for a socket that is closed by now: calls on its handle throw then.
    /// </summary>
    void OnEvents(PollEvents events);
}
