using System.IO.Pipelines;

namespace Siar.Sockets.Tests;

/// <summary>Knows how many requests the application is still in the middle of.</summary>
internal sealed class RequestCounter
{
    private int _open;

    public int Open => Volatile.Read(ref _open);

    public async Task CountAsync(HttpContext context, RequestDelegate next)
    {
        Interlocked.Increment(ref _open);
        try
        {
            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    public async Task UntilNoneIsOpenAsync()
    {
        while (Open > 0) await Task.Yield();
    }
}

/// <summary>A connection's pipe with something between.</summary>
internal sealed class WrappedPipe(IDuplexPipe inner) : IDuplexPipe
{
    public PipeReader Input => inner.Input;

    public PipeWriter Output => inner.Output;
}
