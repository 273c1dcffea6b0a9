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

    // Whatever close answers, EINTR included, the descriptor is gone (close(2), "Dealing with error returns").
    protected override bool ReleaseHandle()
    {
        _ = Libc.Close((int)handle);
        return true;
    }
}
