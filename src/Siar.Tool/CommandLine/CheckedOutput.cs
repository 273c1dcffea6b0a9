namespace Siar.Tool;

/// <summary>A stream to write to, each of whose failures is a <see cref="StandardOutputException"/>. It is opened with the first write.</summary>
internal sealed class CheckedOutput(Func<Stream> open) : WriteOnlyStream
{
    private Stream? _stream;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            (_stream ??= open()).Write(buffer);
        }
        catch (Exception failure) when (IsOutputs(failure))
        {
            throw new StandardOutputException(failure);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await (_stream ??= open()).WriteAsync(buffer, cancellationToken);
        }
        catch (Exception failure) when (IsOutputs(failure))
        {
            throw new StandardOutputException(failure);
        }
    }

    // A descriptor that is not open for writing is no access to the runtime.
    private static bool IsOutputs(Exception failure) => failure is IOException or UnauthorizedAccessException or ArgumentException;
}
