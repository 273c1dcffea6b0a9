using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Siar.Tool;

/// <summary>
/// Who wants the settings read again: SIGHUP, from when this is made until it is disposed of, so that the signal does not end the process in any moment of its life.
/// Several that come together are one.
/// </summary>
internal sealed class ReloadRequests : IDisposable
{
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly PosixSignalRegistration? _hangup;

    // On Windows the signal means that the console was closed.
    public ReloadRequests() => _hangup = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
    {
        signal.Cancel = true;
        Ask();
    });

    /// <summary>Asks for it.</summary>
    public void Ask() => _asked.Writer.TryWrite(true);

    /// <summary>Gives one for each time that somebody has asked.</summary>
    public IAsyncEnumerable<bool> ReadAllAsync(CancellationToken cancellationToken) => _asked.Reader.ReadAllAsync(cancellationToken);

    public void Dispose() => _hangup?.Dispose();
}
