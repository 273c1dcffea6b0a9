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

/// <summary>The formats by the words of the command line.</summary>
internal static class EventFormats
{
    public static EventFormat Parse(SettingValue value) => value.Text switch
    {
        "data" => EventFormat.Data,
        "sse" => EventFormat.Sse,
        "json" => EventFormat.Json,
        _ => throw value.Wrong($"there is no format '{value.Text}': write sse, json or data"),
    };
}
