namespace Siar.Tool;

/// <summary>How events are printed.</summary>
internal enum EventFormat
{
    /// <summary>The data, and a line end.</summary>
    Data,

    /// <summary>As on the stream: its fields, and a blank line.</summary>
    Sse,

    /// <summary>One JSON object a line.</summary>
    Json,
}
