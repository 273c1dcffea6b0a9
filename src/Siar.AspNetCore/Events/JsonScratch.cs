using System.Buffers;
using System.Text.Json;

namespace Siar.AspNetCore;

/// <summary>A thread's own writer of small JSON answers, used again and again. What was written is valid until the thread begins anew.</summary>
internal sealed class JsonScratch
{
    private const int FirstBytes = 256;

    // An answer that was larger than this is not held on to.
    private const int KeptBytes = 64 << 10;

    [ThreadStatic]
    private static JsonScratch? _ofThread;

    private readonly ArrayBufferWriter<byte> _bytes = new(FirstBytes);
    private readonly Utf8JsonWriter _json;

    private JsonScratch() => _json = new Utf8JsonWriter(_bytes, EventJson.WriterOptions);

    /// <summary>Writes one value.</summary>
    public static ReadOnlySpan<byte> Write<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        if (_ofThread is not { } scratch || scratch._bytes.Capacity > KeptBytes) scratch = _ofThread = new JsonScratch();
        scratch._bytes.ResetWrittenCount();
        scratch._json.Reset();
        write(scratch._json, state);
        scratch._json.Flush();
        return scratch._bytes.WrittenSpan;
    }
}
