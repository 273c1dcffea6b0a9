using Microsoft.Win32.SafeHandles;

namespace Siar.Sockets.Native;

/// <summary>
/// The one owner of a descriptor. A call that was given the handle keeps the descriptor open until it returns; after disposal every call
/// throws <see cref="ObjectDisposedException"/>. Disposing twice does nothing; one that was forgotten is closed by the collector.
/// </summary>
internal sealed class DescriptorHandle : SafeHandleMinusOneIsInvalid
{
    public DescriptorHandle(int descriptor)
        : base(ownsHandle: true)
    {
        SetHandle(descriptor);
    }

    /// <summary>The place of the connection whose socket it is, which is left when it is closed, in whatever way; null for all else.</summary>
    public ConnectionPlace? Place { get; set; }

    // Whatever close answers, EINTR included, the descriptor is gone (close(2), "Dealing with error returns").
    protected override bool ReleaseHandle()
    {
        _ = Libc.Close((int)handle);
        Place?.Leave();
        return true;
    }
}
