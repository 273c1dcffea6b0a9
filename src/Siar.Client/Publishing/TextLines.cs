using System.Runtime.CompilerServices;

namespace Siar.Client;

/// <summary>Makes an event of each line of a text.</summary>
internal static class TextLines
{
    public static async IAsyncEnumerable<OutgoingEvent> ReadAsync(string topic, TextReader lines, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await lines.ReadLineAsync(cancellationToken) is { } line) yield return new OutgoingEvent(topic, line);
    }
}
